namespace FaceGrid.Load.Requests;

/// <summary>What a request of the load does.</summary>
internal enum LoadOperation
{
    /// <summary>Who is this, out of everybody?</summary>
    Identify,

    /// <summary>Is this the person they claim to be?</summary>
    Verify,

    /// <summary>A new person with one face.</summary>
    Enrol,
}
