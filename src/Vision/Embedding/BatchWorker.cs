using FaceGrid.Vision.Execution;

namespace FaceGrid.Vision.Embedding;

/// <summary>Runs one batch at a time.</summary>
/// <param name="Threads">The threads that run it. Each GPU has a thread of its own; on a CPU all workers share the pool.</param>
/// <param name="Run">Runs one batch and returns one result per item in the same order.</param>
internal sealed record BatchWorker<TItem, TResult>(WorkerThreads Threads, Func<IReadOnlyList<TItem>, TResult[]> Run);
