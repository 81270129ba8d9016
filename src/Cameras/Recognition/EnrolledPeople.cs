using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Cameras.Recognition;

/// <summary>Whether those whom a camera names are still enrolled. Asks the rows, which say it before a deletion is acknowledged; nobody who is in memory anywhere is called for it.</summary>
/// <param name="rows">The rows.</param>
public sealed class EnrolledPeople(IGrainRows rows)
{
    /// <summary>Finds those who are gone. One count in the primary key for each.</summary>
    /// <param name="who">People and visitors.</param>
    /// <param name="cancellationToken">Gives up.</param>
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
