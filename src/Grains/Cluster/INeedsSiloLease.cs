namespace FaceGrid.Grains.Cluster;

/// <summary>
/// Marks a grain that answers from memory for rows that it owns. A silo that may have been declared dead refuses calls to such a grain,
/// because another silo may own the rows by now.
/// </summary>
public interface INeedsSiloLease;
