namespace FaceGrid.Grains.Search;

/// <summary>What a shard holds of one contract. Templates of two contracts are in two indexes and never meet.</summary>
/// <param name="Contract">Contract id; empty while the gallery has none.</param>
/// <param name="Index">Its people and templates.</param>
/// <param name="Probes">Its queue of questions.</param>
internal sealed record HeldTemplates(string Contract, ShardIndex Index, ProbeCoalescer Probes);
