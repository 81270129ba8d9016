using System.Globalization;

namespace FaceGrid.Load.Requests;

/// <summary>Operations and their weights.</summary>
internal sealed class LoadMix
{
    /// <summary>The default mix.</summary>
    public const string Default = "identify=70,verify=20,enrol=10";

    private readonly (LoadOperation Operation, double Weight)[] _parts;
    private readonly double _sum;

    private LoadMix((LoadOperation, double)[] parts)
    {
        _parts = parts;
        _sum = _parts.Sum(part => part.Weight);
    }

    /// <summary>The operations with a weight above 0, in the order given.</summary>
    public IEnumerable<LoadOperation> Operations => _parts.Select(part => part.Operation);

    /// <summary>One operation only.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>The mix.</returns>
    public static LoadMix Only(LoadOperation operation) => new([(operation, 1)]);

    /// <summary>Reads a mix.</summary>
    /// <param name="text">
    /// Text such as <c>identify=70,verify=20,enrol=10</c>. The weights may have any sum. Each operation may be named once, and one that is
    /// left out has no weight.
    /// </param>
    /// <returns>The mix.</returns>
    /// <exception cref="LoadException">An unknown word, a weight that is no number of 0 or more, or no weight above 0.</exception>
    public static LoadMix Parse(string text)
    {
        List<(LoadOperation Operation, double Weight)> read = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (!Enum.GetNames<LoadOperation>().Contains(sides[0], StringComparer.OrdinalIgnoreCase))
            {
                throw LoadException.Usage($"--mix does not know '{sides[0]}': identify, verify and enrol, as in {Default}.");
            }

            LoadOperation operation = Enum.Parse<LoadOperation>(sides[0], ignoreCase: true);
            if (sides.Length != 2
                || !double.TryParse(sides[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight)
                || !double.IsFinite(weight)
                || read.Exists(other => other.Operation == operation))
            {
                throw LoadException.Usage($"--mix wants one weight of 0 or more for each operation, as in {Default}; '{part}' is not.");
            }

            read.Add((operation, weight));
        }

        return read.Exists(part => part.Weight > 0)
            ? new LoadMix([.. read.Where(part => part.Weight > 0)])
            : throw LoadException.Usage($"--mix has no weight above 0; expected is something like {Default}.");
    }

    /// <summary>Chooses.</summary>
    /// <param name="draw">0 to below 1, evenly distributed.</param>
    /// <returns>An operation. Each is chosen as often as its weight says.</returns>
    public LoadOperation Choose(double draw)
    {
        double left = draw * _sum;
        foreach ((LoadOperation operation, double weight) in _parts)
        {
            left -= weight;
            if (left < 0)
            {
                return operation;
            }
        }

        return _parts[^1].Operation;
    }
}
