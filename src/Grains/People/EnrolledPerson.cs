using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

/// <summary>One person in memory: their row and the parts that keep it, each with one subject. Belongs to the turns of one grain.</summary>
internal sealed class EnrolledPerson
{
    private readonly ILogger _logger;
    private readonly Action _deactivate;

    /// <summary>Puts the parts together; nothing is read.</summary>
    /// <param name="key">The person.</param>
    /// <param name="state">The row as grain storage keeps it.</param>
    /// <param name="tools">What the silo has.</param>
    /// <param name="logger">Log.</param>
    /// <param name="everySecond">As of <see cref="IndexPublisher"/>.</param>
    /// <param name="deactivate">Lets the grain leave memory.</param>
    public EnrolledPerson(
        PersonKey key,
        IPersistentState<PersonState> state,
        PersonTools tools,
        ILogger logger,
        Func<Func<CancellationToken, Task>, IDisposable> everySecond,
        Action deactivate)
    {
        (Key, Tools, _logger, _deactivate) = (key, tools, logger, deactivate);
        Row = new PersonRow(key, state, tools.Rows, tools.Time) { ReadAgain = PublishWhatIsThere, Lost = GiveUp };
        Gallery = new PersonGallery(key, Row, tools);
        Crops = new PersonCrops(key, Row, tools.Crops, tools.Maps);
        Publisher = new IndexPublisher(key, Row, Crops, tools, logger, everySecond, deactivate);
        Erasure = new PersonErasure(key, Row, Crops, Publisher, tools);
        Merges = new UnfinishedMerges(key, Row, tools);
    }

    /// <summary>Whose.</summary>
    public PersonKey Key { get; }

    /// <summary>What the silo has.</summary>
    public PersonTools Tools { get; }

    /// <summary>The row.</summary>
    public PersonRow Row { get; }

    /// <summary>The gallery.</summary>
    public PersonGallery Gallery { get; }

    /// <summary>Kept cut-outs.</summary>
    public PersonCrops Crops { get; }

    /// <summary>Publishes the row to the shard.</summary>
    public IndexPublisher Publisher { get; }

    /// <summary>Erases the person.</summary>
    public PersonErasure Erasure { get; }

    /// <summary>Merges that broke off.</summary>
    public UnfinishedMerges Merges { get; }

    /// <summary>Reads the gallery's map, for a call about a person who must exist.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.PersonNotFound"/> or <see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    public async Task<GalleryMap> RequireAsync(CancellationToken cancellationToken)
    {
        GalleryMap map = await Gallery.MapAsync(cancellationToken);
        if (!Row.IsOf(map))
        {
            Leave();
            throw new FaceGridException(ErrorCodes.PersonNotFound, "The person is not enrolled in this gallery.");
        }

        return map;
    }

    /// <summary>Leaves memory, unless the shard must still learn something.</summary>
    public void Leave()
    {
        if (!Publisher.IsPending)
        {
            _deactivate();
        }
    }

    private void PublishWhatIsThere()
    {
        if (Row is { IsStored: true, State.IsDamaged: false })
        {
            Publisher.PublishLater();
        }
    }

    private void GiveUp(Exception failure)
    {
        _logger.NotSearchable(Key.Gallery, failure);
        _deactivate(); // The next call reads the row; the shard's self-check finds what was lost here.
    }
}
