namespace FaceGrid.Load.Requests;

/// <summary>The operations that a load sends.</summary>
internal enum LoadWork
{
    /// <summary>Only identify.</summary>
    Identify,

    /// <summary>Only verify.</summary>
    Verify,

    /// <summary>Only enrol.</summary>
    Enrol,

    /// <summary>All operations, by their weights.</summary>
    Mixed,
}

/// <summary>What a request carries.</summary>
internal enum LoadProbes
{
    /// <summary>Synthetic unit vectors.</summary>
    Vectors,

    /// <summary>Picture files.</summary>
    Pictures,
}

/// <summary>When requests of an open loop are due.</summary>
internal enum LoadArrivals
{
    /// <summary>One after the other at equal distances.</summary>
    Constant,

    /// <summary>Independently of each other, like the requests of independent callers. The distances are exponential.</summary>
    Poisson,
}
