using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// Decides which of two people stays who look alike and were enrolled at the same moment. Neither is found by the other before their rows
/// are durable, so each looks a second time when it is searchable: at least one of them finds the other then, and asks it. A person that is
/// settled stays; of two that are not, the one with the smaller id. Belongs to one grain; rivals ask while a turn is under way.
/// </summary>
/// <param name="person">Id of this person.</param>
internal sealed class EnrolmentContest(string person)
{
    private List<LookAlike>? _rivals; // Null while this person is settled.
    private bool _withdrawing;

    /// <summary>This person, new, is going to look a second time.</summary>
    public void Open() => _rivals = [];

    /// <summary>The write has ended, one way or the other.</summary>
    public void End() => (_rivals, _withdrawing) = (null, false);

    /// <summary>A rival asks.</summary>
    /// <param name="rival">The one who asks, as this person would name them.</param>
    /// <param name="isSearched">True when this person has a row with a face that is searched.</param>
    /// <returns>True when this person stays.</returns>
    public bool Answer(LookAlike rival, bool isSearched)
    {
        if (_rivals is null)
        {
            return !_withdrawing && isSearched;
        }

        _rivals.Add(rival);
        return GoesBefore(person, rival.Person);
    }

    /// <summary>Asks the people whom this one was found to look like, nearest first for each face, until one of them stays.</summary>
    /// <param name="found">Neighbours of the second look.</param>
    /// <param name="added">This person's new faces.</param>
    /// <param name="ask">Asks a person, by id, about this one as they would name it.</param>
    /// <returns>The first who stays, or null when everybody gave way.</returns>
    public async Task<LookAlike?> AskAsync(Neighbours found, List<FaceState> added, Func<string, LookAlike, Task<bool>> ask)
    {
        for (int i = 0; i < added.Count; i++)
        {
            foreach (LookAlike other in found.People[i].Where(found.Identifies))
            {
                if (await StaysAsync(other, other with { Person = person, FaceId = added[i].Id }, ask))
                {
                    return other;
                }
            }
        }

        return null;
    }

    /// <summary>Ends the contest in one step: no rival can ask between the decision and its end.</summary>
    /// <param name="winner">Who stays as far as <see cref="AskAsync"/> found out, or null.</param>
    /// <param name="complete">True when everybody was compared.</param>
    /// <returns>
    /// The person to whom this one gives way, or null. Without one, this person gives way where not everybody was compared.
    /// </returns>
    public LookAlike? Close(LookAlike? winner, bool complete)
    {
        winner ??= _rivals!.Find(rival => GoesBefore(rival.Person, person));
        _rivals = null;
        _withdrawing = winner is not null || !complete;
        return winner;
    }

    private static async Task<bool> StaysAsync(LookAlike other, LookAlike self, Func<string, LookAlike, Task<bool>> ask)
    {
        try
        {
            return await ask(other.Person, self);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            return true; // Their row was found, and may well be there tomorrow.
        }
    }

    private static bool GoesBefore(string one, string other) => string.CompareOrdinal(one, other) < 0;
}
