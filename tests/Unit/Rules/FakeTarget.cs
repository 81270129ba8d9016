using FaceGrid.Cameras.Rules;

namespace FaceGrid.Tests.Rules;

/// <summary>A target that takes everything, but for as many attempts as the test says.</summary>
internal sealed class FakeTarget : IRuleTarget
{
    private readonly List<Delivery> _deliveries = [];
    private readonly Queue<bool> _failures = [];

    /// <summary>Every attempt, those that failed included.</summary>
    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (_deliveries)
            {
                return [.. _deliveries];
            }
        }
    }

    public int Disposed { get; private set; }

    public void Fail(bool isLasting, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _failures.Enqueue(isLasting);
        }
    }

    public Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        lock (_deliveries)
        {
            _deliveries.Add(delivery);
        }

        return _failures.TryDequeue(out bool isLasting)
            ? Task.FromException(new DeliveryException(isLasting, "as the test wishes"))
            : Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return ValueTask.CompletedTask;
    }
}
