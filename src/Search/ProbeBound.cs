namespace FaceGrid.Search;

/// <summary>
/// A probe's part of the lower bound of a squared distance (<see cref="Quantiser"/>):
/// <c>scale x product x Factor + norm + Base - (Residual x largest length of the block + Length x largest residual of the block)</c>.
/// </summary>
/// <param name="Factor">-2 t.</param>
/// <param name="Base">|q'|^2 less slack; minus infinity when the probe is too long for a bound.</param>
/// <param name="Length">2 |q'|.</param>
/// <param name="Residual">2 |f|.</param>
internal readonly record struct ProbeBound(float Factor, float Base, float Length, float Residual);
