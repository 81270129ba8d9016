using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Cameras.Recognition;

/// <summary>
/// Whether the people whom a camera names are still enrolled. It asks the rows, which know of a deletion before it is acknowledged, and
/// calls no person grain.
/// </summary>
/// <param name="rows">The rows.</param>
public sealed class EnrolledPeople(IGrainRows rows)
{
    /// <summary>Finds the people who are gone. It costs one count by primary key for each.</summary>
    /// <param name="who">People and visitors.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    internal async Task<Identity[]> GoneAsync(IEnumerable<Identity> who, CancellationToken cancellationToken)
    {
        List<Identity> gone = [];
        foreach (Identity person in who)
        {
            string key = PersonKey.Of(person.Gallery!, person.Person!).ToString();
            if (await rows.CountAsync(StateNames.Person, key, RowsByPrefix.JustAfter(key), cancellationToken) == 0)
            {
                gone.Add(person);
            }
        }

        return [.. gone];
    }
}
