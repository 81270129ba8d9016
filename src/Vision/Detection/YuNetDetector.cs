using System.Buffers;
using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;
using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Detection;

/// <summary>
/// Finds faces with YuNet (W. Wu, H. Peng, S. Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023).
/// A small picture gets one pass at its own size. A large picture gets a coarse pass for large faces and, when that pass shows small faces,
/// a fine pass for them.
/// </summary>
/// <remarks>Safe for concurrent calls.</remarks>
public sealed class YuNetDetector : IDisposable
{
    /// <summary>Longest side of the coarse pass in pixels. YuNet was trained at this size, and the fixed export has it.</summary>
    private const int CoarseLongSide = 640;

    /// <summary>
    /// A coarse detection no wider than this, in pixels of the coarse pass, shows that a fine pass is worthwhile. Measured: in a crowd
    /// photographed at 2048 x 1150 the coarse pass finds 169 faces, and with the fine pass there are 650. In a picture with four faces of
    /// 46 coarse pixels the fine pass finds no more faces and takes three times as long.
    /// </summary>
    private const float SmallFacePixels = 32;

    /// <summary>
    /// Confidence at which a coarse detection counts as a hint of small faces. It is below the confidence at which it counts as a face.
    /// </summary>
    private const float HintConfidence = 0.3f;

    /// <summary>Smallest width of a face for <see cref="DetectOnce"/>. YuNet was trained on faces of 10 pixels and more.</summary>
    private const double LeastFacePixels = 16;

    /// <summary>
    /// Width of a face's box divided by <see cref="FaceLandmarks.SizePixels"/>. Measured on LFW: 2.1 for faces seen from the front.
    /// </summary>
    private const double WidthPerSize = 2;

    /// <summary>Usual ratios of width to height of photographs and video: landscape, portrait and square.</summary>
    private static readonly (int Wide, int High)[] UsualShapes = [(4, 3), (3, 4), (3, 2), (2, 3), (16, 9), (9, 16), (1, 1)];

    private static readonly string[] OutputNames =
        [.. new[] { "cls", "obj", "bbox", "kps" }.SelectMany(part => YuNetOutputs.Strides.Select(stride => $"{part}_{stride}"))];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly RunOptions _largeRunOptions = new();
    private readonly string[] _inputNames;
    private readonly int _fixedWidth;
    private readonly int _fixedHeight;
    private readonly int _fineLongSide;
    private readonly float _confidenceMin;

    /// <summary>Opens the detector.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="runtime">The runtime, which names the device.</param>
    /// <param name="modelPath">The checked model file.</param>
    /// <param name="confidenceMin">Lowest confidence of a returned face, 0 to 1.</param>
    /// <param name="longSideMax">Longest side of the fine pass in pixels.</param>
    /// <exception cref="VisionSetupException">
    /// The file is not a YuNet model or the execution provider fails (<c>model-unusable</c>, <c>provider-unavailable</c>).
    /// </exception>
    public YuNetDetector(
        DetectorProfile profile, InferenceRuntime runtime, string modelPath, float confidenceMin = 0.6f, int longSideMax = 1_920)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(runtime);
        _session = runtime.Open(modelPath, shapesVary: profile.InputWidth == 0);
        _inputNames = [.. _session.InputMetadata.Keys];
        if (_inputNames.Length != 1 || !OutputNames.All(_session.OutputMetadata.ContainsKey))
        {
            _session.Dispose();
            throw new VisionSetupException(
                "model-unusable", $"{modelPath} is not a YuNet model: it lacks the outputs {string.Join(", ", OutputNames)}.");
        }

        (_fixedWidth, _fixedHeight) = (profile.InputWidth, profile.InputHeight);
        _fineLongSide = longSideMax;
        _confidenceMin = confidenceMin;
        if (runtime.Provider == "cpu")
        {
            // A pass over a large picture takes far more memory than a usual pass. The memory is released instead of kept until the process
            // ends.
            _largeRunOptions.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        }
    }

    /// <summary>Finds the faces of a picture.</summary>
    /// <param name="picture">The upright picture.</param>
    /// <returns>Faces in pixels of <paramref name="picture"/>, the one of highest confidence first.</returns>
    public IReadOnlyList<DetectedFace> Detect(RgbImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int longSide = Math.Max(picture.Width, picture.Height);
        float hintMin = Math.Min(HintConfidence, _confidenceMin);
        bool mayLookFiner = _fixedWidth == 0 && longSide > CoarseLongSide;
        var coarse = Pass(picture, CoarseLongSide, mayLookFiner ? hintMin : _confidenceMin);
        if (mayLookFiner)
        {
            float toCoarse = CoarseLongSide / (float)longSide;
            if (coarse.Count == 0 || coarse.Exists(face => face.Box.Width * toCoarse <= SmallFacePixels))
            {
                coarse.AddRange(Pass(picture, _fineLongSide, _confidenceMin));
            }

            coarse.RemoveAll(face => face.Confidence < _confidenceMin);
        }

        if (coarse.Count == 0 && _fixedWidth == 0 && longSide > CoarseLongSide / 4)
        {
            // A face that fills the whole picture is too large for the detector. Another pass at half the size finds it at a quarter of
            // the cost.
            coarse = Pass(picture, Math.Min(longSide, CoarseLongSide) / 2, _confidenceMin);
        }

        return OverlapFilter.Filter(coarse);
    }

    /// <summary>
    /// Finds the faces of a frame in one pass. The frame is reduced until the smallest wanted face is about <see cref="LeastFacePixels"/>
    /// wide, but not below the size of the coarse pass. For four faces at 1280 x 720 this takes a quarter of the time of
    /// <see cref="Detect"/>, which looks for faces of any size.
    /// </summary>
    /// <param name="frame">The upright frame.</param>
    /// <param name="faceSizeMin">
    /// Smallest face wanted, <see cref="FaceLandmarks.SizePixels"/> in pixels of <paramref name="frame"/>, above 0.
    /// </param>
    /// <returns>Faces in pixels of <paramref name="frame"/>, the one of highest confidence first.</returns>
    internal IReadOnlyList<DetectedFace> DetectOnce(RgbImage frame, float faceSizeMin)
    {
        int longSide = Math.Max(frame.Width, frame.Height);
        double needed = longSide * LeastFacePixels / (WidthPerSize * faceSizeMin);
        return OverlapFilter.Filter(
            Pass(frame, Math.Min(longSide, Math.Max(CoarseLongSide, (int)Math.Min(needed, _fineLongSide))), _confidenceMin));
    }

    /// <summary>
    /// Runs the passes over pictures of the usual shapes. A GPU prepares work once per size, and the first real pictures do not have to
    /// wait for it.
    /// </summary>
    /// <exception cref="VisionSetupException">A run fails (<c>provider-unavailable</c>).</exception>
    internal void WarmUp()
    {
        try
        {
            foreach ((int wide, int high) in UsualShapes)
            {
                using var picture = new RgbImage(_fineLongSide * wide / Math.Max(wide, high), _fineLongSide * high / Math.Max(wide, high));
                picture.Pixels.Clear();
                _ = Pass(picture, CoarseLongSide, _confidenceMin);
                _ = Pass(picture, _fineLongSide, _confidenceMin);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new VisionSetupException("provider-unavailable", $"The detector fails during its warm-up: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
        _largeRunOptions.Dispose();
    }

    /// <summary>
    /// Runs the model once over the picture, reduced so that no side is longer than <paramref name="longSideMax"/>. The returned faces are
    /// in pixels of the picture and may overlap.
    /// </summary>
    private List<DetectedFace> Pass(RgbImage picture, int longSideMax, float confidenceMin)
    {
        double scale = Math.Min(1, longSideMax / (double)Math.Max(picture.Width, picture.Height));
        if (_fixedWidth > 0)
        {
            scale = Math.Min(1, Math.Min(_fixedWidth / (double)picture.Width, _fixedHeight / (double)picture.Height));
        }

        int width = Math.Max(1, (int)Math.Round(picture.Width * scale)), height = Math.Max(1, (int)Math.Round(picture.Height * scale));
        int inputWidth =
            _fixedWidth > 0 ? _fixedWidth : RoundUp32(width), inputHeight = _fixedHeight > 0 ? _fixedHeight : RoundUp32(height);
        int length = 3 * inputWidth * inputHeight;
        float[] input = ArrayPool<float>.Shared.Rent(length);
        try
        {
            FillInput(picture, input.AsSpan(0, length), width, height, inputWidth, inputHeight);
            var faces = Run(input, length, inputWidth, inputHeight, confidenceMin);
            float back = picture.Width >= picture.Height ? picture.Width / (float)width : picture.Height / (float)height;
            return back == 1
                ? faces
                : faces.ConvertAll(face => face with { Box = face.Box.Scaled(back), Landmarks = face.Landmarks.Scaled(back) });
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input);
        }
    }

    private static void FillInput(RgbImage picture, Span<float> input, int width, int height, int inputWidth, int inputHeight)
    {
        ReadOnlySpan<float> zero = [0, 0, 0], one = [1, 1, 1];
        if (width == picture.Width && height == picture.Height)
        {
            TensorFiller.Fill(picture, input, inputWidth, inputHeight, ChannelOrder.Bgr, zero, one);
            return;
        }

        using var shrunk = PictureScaler.Shrink(picture, width, height);
        TensorFiller.Fill(shrunk, input, inputWidth, inputHeight, ChannelOrder.Bgr, zero, one);
    }

    private List<DetectedFace> Run(float[] input, int length, int inputWidth, int inputHeight, float confidenceMin)
    {
        using var tensor = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, input.AsMemory(0, length), [1, 3, inputHeight, inputWidth]);
        var options = length > 3 * CoarseLongSide * CoarseLongSide ? _largeRunOptions : _runOptions;
        using var outputs = _session.Run(options, _inputNames, [tensor], OutputNames);
        var faces = new List<DetectedFace>();
        int grids = YuNetOutputs.Strides.Length;
        for (int grid = 0; grid < grids; grid++)
        {
            int stride = YuNetOutputs.Strides[grid];
            YuNetOutputs.Read(
                stride, inputWidth / stride,
                outputs[grid].GetTensorDataAsSpan<float>(),
                outputs[grids + grid].GetTensorDataAsSpan<float>(),
                outputs[2 * grids + grid].GetTensorDataAsSpan<float>(),
                outputs[3 * grids + grid].GetTensorDataAsSpan<float>(),
                confidenceMin, faces);
        }

        return faces;
    }

    private static int RoundUp32(int size) => (size + 31) / 32 * 32;
}
