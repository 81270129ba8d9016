namespace FaceGrid.Load.Scaling;

/// <summary>
/// Simulates probes that wait for passes. On each silo, the probes that arrive while a pass runs share the next pass. An identify ends with
/// the pass of the last silo. The same seed gives the same answer. The queue of every silo is simulated, so that the figures include the
/// wait for the slowest of many silos.
/// </summary>
/// <param name="passSeconds">Seconds of a pass by its number of probes.</param>
/// <param name="silos">Silos that each identify asks.</param>
/// <param name="fixedSeconds">Seconds of an identify without waiting and passes.</param>
/// <param name="seed">Seed.</param>
internal sealed class PassQueue(Func<int, double> passSeconds, int silos, double fixedSeconds, int seed)
{
    /// <summary>
    /// Spread of a pass, as the standard deviation of its logarithm. Measured: 17.0 to 21.8 ms around 17.6 ms (1M x 512,
    /// docs/benchmarks.md).
    /// </summary>
    private const double PassSpread = 0.05;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(int Silo, int Request), double> _events = new();
    private readonly Queue<int>[] _waiting = [.. Enumerable.Range(0, silos).Select(_ => new Queue<int>())];
    private readonly List<int>?[] _pass = new List<int>?[silos];

    /// <summary>Simulates requests that come at random moments and do not wait for answers (an open loop, Poisson).</summary>
    /// <param name="perSecond">Requests per second on average.</param>
    /// <param name="requests">Number of all requests.</param>
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

    /// <summary>Simulates clients that send their next request as soon as they have their answer (a closed loop).</summary>
    /// <param name="clients">Number of clients.</param>
    /// <param name="requests">Number of all requests.</param>
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

    /// <summary>Begins the next pass with all probes that wait, when no pass runs and a probe waits.</summary>
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
