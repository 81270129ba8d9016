using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Cluster;

/// <summary>
/// Whether this silo may speak for its grains. A silo that was frozen, or cut off from the others, may be declared dead without knowing:
/// its grains have been started elsewhere, and what it holds in memory is old. So a silo answers for its grains only for
/// <see cref="ValidFor"/> after something confirmed that it is not dead, and grains that take over wait <see cref="Grace"/>, which is
/// longer, from the moment when a death is known. The membership table confirms it. When the database does not answer, all other silos
/// together do: no silo can be declared dead then without one of them knowing. Only elapsed time of this process is compared, so clocks
/// may differ and jump.
/// </summary>
/// <param name="services">Finds the membership table.</param>
/// <param name="silo">This silo.</param>
/// <param name="membership">Knows the silos.</param>
/// <param name="grains">Reaches the others.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
/// <param name="shared">False for a silo that is alone and stays alone: nobody can take over.</param>
public sealed partial class SiloLease(
    IServiceProvider services,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<SiloLease> logger,
    bool shared) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>How long a confirmation lasts.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(1.5);

    /// <summary>How long grains that take over wait.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<SiloAddress> _left = [];
    private readonly Dictionary<SiloAddress, long> _deaths = [];
    private Task _loop = Task.CompletedTask;
    private long _confirmedAt;
    private bool _confirmed;

    /// <summary>False when this silo may be dead without knowing.</summary>
    public bool IsValid
    {
        get
        {
            lock (_gate)
            {
                return !shared || (_confirmed && time.GetElapsedTime(_confirmedAt) < ValidFor);
            }
        }
    }

    /// <summary>Waits until the lease of every silo that is known to be dead has expired.</summary>
    /// <param name="since">When the caller began to read, as <see cref="TimeProvider.GetTimestamp"/> gave it.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>True when one of them could still speak at that time: what was read may be old.</returns>
    public async Task<bool> WaitForExpiredLeasesAsync(long since, CancellationToken cancellationToken)
    {
        if (!shared)
        {
            return false;
        }

        TimeSpan now = Notice(time.GetTimestamp()), then = Notice(since);
        if (now > TimeSpan.Zero)
        {
            await Task.Delay(now, time, cancellationToken);
        }

        return then > TimeSpan.Zero;
    }

    /// <summary>Renews the lease from before the silo is active until all its grains are gone.</summary>
    /// <param name="observer">The silo's life.</param>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe<SiloLease>(
        ServiceLifecycleStage.ApplicationServices,
        _ =>
        {
            _loop = shared ? Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None) : Task.CompletedTask;
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopping.CancelAsync();
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Notice(time.GetTimestamp());
            if (!await AskAsync(ConfirmByTableAsync, cancellationToken))
            {
                await AskAsync(ConfirmByOthersAsync, cancellationToken);
            }

            await Task.Delay(Period, time, cancellationToken);
        }
    }

    /// <summary>Notes which silos died. A silo that shut down in order has stopped speaking before.</summary>
    /// <param name="at">A moment.</param>
    /// <returns>For how long after that moment the last of them may still speak.</returns>
    private TimeSpan Notice(long at)
    {
        lock (_gate)
        {
            TimeSpan wait = TimeSpan.Zero;
            foreach (ClusterMember member in membership.CurrentSnapshot.Members.Values)
            {
                switch (member.Status)
                {
                    case SiloStatus.ShuttingDown or SiloStatus.Stopping:
                        _left.Add(member.SiloAddress);
                        break;
                    case SiloStatus.Dead when !_left.Contains(member.SiloAddress):
                        _deaths.TryAdd(member.SiloAddress, time.GetTimestamp());
                        TimeSpan left = Grace - time.GetElapsedTime(_deaths[member.SiloAddress], at);
                        wait = left > wait ? left : wait;
                        break;
                }
            }

            return wait;
        }
    }

    /// <summary>Asks, and notes the confirmation.</summary>
    /// <returns>False when there was no answer.</returns>
    private async Task<bool> AskAsync(Func<CancellationToken, Task<bool>> question, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp(); // The answer may be as old as the question.
        try
        {
            if (await question(cancellationToken).WaitAsync(AnswerTime, time, cancellationToken))
            {
                lock (_gate)
                {
                    (_confirmed, _confirmedAt) = (true, start);
                }
            }

            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogDoubt(logger, failure);
            return false;
        }
    }

    private async Task<bool> ConfirmByTableAsync(CancellationToken cancellationToken)
    {
        MembershipTableData table = await services.GetRequiredService<IMembershipTable>().ReadRowAsync(silo.SiloAddress, cancellationToken);
        return table.Members is [(MembershipEntry { Status: not SiloStatus.Dead }, _)];
    }

    private async Task<bool> ConfirmByOthersAsync(CancellationToken cancellationToken)
    {
        if (membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress) != SiloStatus.Active)
        {
            return false;
        }

        string self = silo.SiloAddress.ToParsableString();
        bool[] confirmed = await Task.WhenAll(membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(silo.SiloAddress))
            .Select(member => member.SiloAddress.ToParsableString())
            .Select(address => grains.GetGrain<INodeGrain>(address).ConfirmAsync(self).WaitAsync(cancellationToken)));
        return Array.TrueForAll(confirmed, yes => yes);
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "Asked whether this node still counts as alive, and got no answer; without one it soon stops answering for its grains")]
    private static partial void LogDoubt(ILogger logger, Exception cause);
}
