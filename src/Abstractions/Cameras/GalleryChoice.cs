namespace FaceGrid.Abstractions.Cameras;

/// <summary>Who a face is when several galleries know somebody near it. The numbers are stored: they never change.</summary>
public enum GalleryChoice
{
    /// <summary>The nearest of all who match.</summary>
    Nearest = 0,

    /// <summary>Whoever matches in the first gallery; only where nobody does the next is asked.</summary>
    First = 1,
}
