namespace FaceGrid.Abstractions.Cameras;

/// <summary>Who a face is when several galleries hold a person near it. The numbers are stored: they never change.</summary>
public enum GalleryChoice
{
    /// <summary>The nearest of all who match.</summary>
    Nearest = 0,

    /// <summary>The person who matches in the first gallery. The next gallery is asked only where nobody matches.</summary>
    First = 1,
}
