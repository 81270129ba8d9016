namespace FaceGrid.Gateway.Grid;

/// <summary>A node left the grid while a call was under way: it may have had the call, and then nobody answers.</summary>
internal sealed class NodeLeftException() : OrleansException("A node left the grid during the call.");
