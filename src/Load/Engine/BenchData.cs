namespace FaceGrid.Load.Engine;

/// <summary>Kinds of synthetic vectors.</summary>
internal enum BenchData
{
    /// <summary>Uniform over the sphere, one template per person: nobody is near to anybody.</summary>
    Random,

    /// <summary>Four templates per person, some directions used more than others: what good models give.</summary>
    Clustered,

    /// <summary>Clustered, and all close together: what some models give, and what makes bounds hard.</summary>
    Concentrated,
}
