namespace FaceGrid.Gateway.Grid;

/// <summary>A node left the grid during a call. If the call was on that node, it will never be answered.</summary>
internal sealed class NodeLeftException() : OrleansException("A node left the grid during the call.");
