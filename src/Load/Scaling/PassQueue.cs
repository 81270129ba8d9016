namespace FaceGrid.Load.Scaling;

/// <summary>
/// Simulates probes that wait for passes: on each silo those that arrive while a pass runs share the next one, and an identify ends with
/// the last silo's pass. Same seed, same answer. The silos' queues are simulated whole, so that waiting for the slowest of many is in the
/// figures.
/// </summary>
/// <param name="passSeconds">Seconds of a pass by its number of probes.</param>
/// <param name="silos">Silos that each identify asks.</param>
/// <param name="fixedSeconds">Seconds of an identify beside waiting and passes.</param>
/// <param name="seed">Seed.</param>
internal sealed class PassQueue(Func<int, double> passSeconds, int silos, double fixedSeconds, int seed)
{
    /// <summary>
    /// Spread of a pass, as the standard deviation of its logarithm: 17.0 to 21.8 ms around 17.6 (1M x 512, docs/benchmarks.md).
    /// </summary>
    private const double PassSpread = 0.05;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(int Silo, int Request), double> _events = new();
    private readonly Queue<int>[] _waiting = [.. Enumerable.Range(0, silos).Select(_ => new Queue<int>())];
    private readonly List<int>?[] _pass = new List<int>?[silos];

    /// <summary>Requests come at random moments, whatever the answers do (an open loop, Poisson).</summary>
    /// <param name="perSecond">How many on average.</param>
    /// <param name="requests">How many in all.</param>
    /// <returns>Their times in seconds, ascending.</returns>
    public double[] Open(double perSecond, int requests)
    {
        double now = 0;
        for (int request = 0; request < requests; request++)
        {
            _events.Enqueue((-1, request), now += -Math.Log(1 - _random.NextDouble()) / perSecond);
        }

        return Run(requests, clients: 0);
    }

    /// <summary>Clients ask again as soon as they have their answer (a closed loop).</summary>
    /// <param name="clients">How many.</param>
    /// <param name="requests">How many requests in all.</param>
    /// <returns>Their times in seconds, ascending.</returns>
    public double[] Closed(int clients, int requests)
    {
        for (int client = 0; client < clients; client++)
        {
            _events.Enqueue((-1, client), fixedSeconds * _random.NextDouble());
        }

        return Run(requests, clients);
    }

    private double[] Run(int requests, int clients)
    {
        double[] began = new double[requests];
        int[] missing = new int[requests];
        List<double> times = new(requests);
        int next = clients;
        while (_events.TryDequeue(out (int Silo, int Request) happened, out double now))
        {
            if (happened.Silo < 0)
            {
                (began[happened.Request], missing[happened.Request]) = (now, silos);
                for (int silo = 0; silo < silos; silo++)
                {
                    _waiting[silo].Enqueue(happened.Request);
                    Begin(silo, now);
                }

                continue;
            }

            foreach (int request in _pass[happened.Silo]!)
            {
                if (--missing[request] == 0)
                {
                    times.Add(now - began[request] + fixedSeconds);
                    if (clients > 0 && next < requests)
                    {
                        _events.Enqueue((-1, next++), now + fixedSeconds);
                    }
                }
            }

            _pass[happened.Silo] = null;
            Begin(happened.Silo, now);
        }

        times.Sort();
        return [.. times];
    }

    /// <summary>Begins the next pass with all who wait, when none runs and somebody waits.</summary>
    private void Begin(int silo, double now)
    {
        if (_pass[silo] is not null || _waiting[silo].Count == 0)
        {
            return;
        }

        List<int> pass = _pass[silo] = [];
        while (pass.Count < CostModel.ProbesPerPassMax && _waiting[silo].TryDequeue(out int request))
        {
            pass.Add(request);
        }

        double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        _events.Enqueue((silo, 0), now + (passSeconds(pass.Count) * Math.Exp(PassSpread * normal)));
    }
}
