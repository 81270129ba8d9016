using FaceGrid.Models;

namespace FaceGrid.Vision.Quality;

/// <summary>Estimates the direction of a head from its five landmarks.</summary>
/// <remarks>
/// A general affine camera is fitted (least squares) so that it maps a frontal mean face to the landmarks. The x and y of the mean face are
/// the medians of YuNet's landmarks on all 13,233 LFW pictures, turned upright, scaled to the eye distance of the ArcFace template (35.24
/// pixels) and made symmetric. Its depth comes from body measures: the eyes are 63 mm apart, so 1 pixel is 1.79 mm; the tip of the nose is
/// about 28 mm before the eyes, the corners of the mouth about 3 mm. The two rows of the fit give the directions of the head's axes, and
/// their cross product is the direction of the nose. Only one point lies far out of the plane of the others, so the fit leaves two degrees
/// of freedom unchecked, and the estimate is coarse.
/// </remarks>
public static class HeadPose
{
    /// <summary>
    /// The points of the mean face relative to their centre: x (to the picture's right), y (down), z (towards the camera), in pixels of the
    /// 112 x 112 crop and in the order of <see cref="FaceLandmarks"/>.
    /// </summary>
    private static readonly double[][] Model = Centre(
    [
        [-17.62, 0, 0], [17.62, 0, 0], [0, 20.46, 15.6], [-15.36, 36.69, 1.7], [15.36, 36.69, 1.7]
    ]);

    /// <summary>Inverse of the model's 3 x 3 matrix of second moments.</summary>
    private static readonly double[,] InverseMoments = Invert(Moments());

    /// <summary>Estimates yaw, pitch and roll in degrees, with the signs of <see cref="FaceQuality"/>.</summary>
    /// <param name="landmarks">The landmarks. When they coincide, all angles are 0.</param>
    public static (float Yaw, float Pitch, float Roll) Estimate(FaceLandmarks landmarks)
    {
        ArgumentNullException.ThrowIfNull(landmarks);
        float[] points = landmarks.ToArray();
        double[] across = Solve(points, 0), down = Solve(points, 1);
        double scale = (Length(across) + Length(down)) / 2;
        var eyes = landmarks.LeftEye - landmarks.RightEye;
        if (!(scale > 1e-6) || eyes.LengthSquared() < 1e-6)
        {
            return (0, 0, 0);
        }

        // The third column of the fit is the nose direction projected into the picture. It is first rotated back by the roll, so that yaw
        // and pitch refer to the leaning head.
        double roll = Math.Atan2(eyes.Y, eyes.X), noseX = across[2] / scale, noseY = down[2] / scale;
        double sideways = noseX * Math.Cos(roll) + noseY * Math.Sin(roll), downwards = noseY * Math.Cos(roll) - noseX * Math.Sin(roll);
        double pitch = -Math.Asin(Math.Clamp(downwards, -1, 1));
        double yaw = Math.Asin(Math.Clamp(sideways / Math.Max(Math.Cos(pitch), 0.1), -1, 1));
        return (Degrees(yaw), Degrees(pitch), Degrees(roll));
    }

    private static double[] Solve(float[] points, int axis)
    {
        double mean = 0;
        for (int index = 0; index < 5; index++)
        {
            mean += points[2 * index + axis] / 5.0;
        }

        double[] right = new double[3], solution = new double[3];
        for (int index = 0; index < 5; index++)
        {
            for (int column = 0; column < 3; column++)
            {
                right[column] += Model[index][column] * (points[2 * index + axis] - mean);
            }
        }

        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                solution[row] += InverseMoments[row, column] * right[column];
            }
        }

        return solution;
    }

    private static double[][] Centre(double[][] points)
    {
        for (int column = 0; column < 3; column++)
        {
            double mean = points.Average(point => point[column]);
            foreach (double[] point in points)
            {
                point[column] -= mean;
            }
        }

        return points;
    }

    private static double[,] Moments()
    {
        var moments = new double[3, 3];
        foreach (double[] point in Model)
        {
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    moments[row, column] += point[row] * point[column];
                }
            }
        }

        return moments;
    }

    private static double[,] Invert(double[,] m)
    {
        double Cofactor(int row, int column)
        {
            int r1 = (row + 1) % 3, r2 = (row + 2) % 3, c1 = (column + 1) % 3, c2 = (column + 2) % 3;
            return m[r1, c1] * m[r2, c2] - m[r1, c2] * m[r2, c1];
        }

        double determinant = m[0, 0] * Cofactor(0, 0) + m[0, 1] * Cofactor(0, 1) + m[0, 2] * Cofactor(0, 2);
        var inverse = new double[3, 3];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                inverse[row, column] = Cofactor(column, row) / determinant;
            }
        }

        return inverse;
    }

    private static double Length(double[] vector) => Math.Sqrt(vector.Sum(number => number * number));

    private static float Degrees(double radians) => (float)(radians * 180 / Math.PI);
}
