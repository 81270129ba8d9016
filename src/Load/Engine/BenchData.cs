namespace FaceGrid.Load.Engine;

/// <summary>Kinds of synthetic vectors.</summary>
internal enum BenchData
{
    /// <summary>Uniform over the sphere, one template per person. No two people are near to each other.</summary>
    Random,

    /// <summary>Four templates per person, and some directions are used more than others. Good models give such vectors.</summary>
    Clustered,

    /// <summary>Clustered, and all vectors lie close together. Some models give such vectors. They make bounds less effective.</summary>
    Concentrated,
}
