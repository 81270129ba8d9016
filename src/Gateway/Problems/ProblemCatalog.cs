using System.Collections.Frozen;
using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Gateway.Problems;

/// <summary>
/// The one place that gives every code its HTTP status and title; <c>docs/api.md</c> holds the same table and a test compares them.
/// </summary>
internal static class ProblemCatalog
{
    public const string TypeBase = "https://facegrid.dev/problems/";

    public static readonly FrozenDictionary<string, (int Status, string Title)> Entries = new Dictionary<string, (int, string)>
    {
        [ErrorCodes.EmptyBody] = (400, "The body is empty"),
        [ErrorCodes.InvalidJson] = (400, "The JSON is not valid"),
        [ErrorCodes.InvalidParameter] = (400, "A parameter is not valid"),
        [ErrorCodes.InvalidGalleryId] = (400, "The gallery id is not valid"),
        [ErrorCodes.InvalidPersonId] = (400, "The person id is not valid"),
        [ErrorCodes.InvalidRule] = (400, "The rule is not valid"),
        [ErrorCodes.InvalidCamera] = (400, "The camera is not valid"),
        [ErrorCodes.AddressNotAllowed] = (400, "The address is not allowed"),
        [ErrorCodes.Unauthorized] = (401, "A known API key is needed"),
        [ErrorCodes.Forbidden] = (403, "The API key does not allow this"),
        [ErrorCodes.GalleryNotFound] = (404, "There is no such gallery"),
        [ErrorCodes.PersonNotFound] = (404, "There is no such person"),
        [ErrorCodes.FaceNotFound] = (404, "There is no such face"),
        [ErrorCodes.RuleNotFound] = (404, "There is no such rule"),
        [ErrorCodes.DeadLetterNotFound] = (404, "There is no such dead letter"),
        [ErrorCodes.SightingNotFound] = (404, "There is no such sighting"),
        [ErrorCodes.CameraNotFound] = (404, "There is no such camera"),
        [ErrorCodes.NotMerged] = (404, "There is no such merge"),
        [ErrorCodes.NoMigration] = (404, "The gallery is not migrating to another model"),
        [ErrorCodes.NotFound] = (404, "There is no such route"),
        [ErrorCodes.ContractMismatch] = (409, "The vectors are not comparable"),
        [ErrorCodes.ContractUnknown] = (409, "The gallery has no contract yet"),
        [ErrorCodes.DuplicatePerson] = (409, "Somebody else looks like this person"),
        [ErrorCodes.MergeConflict] = (409, "The people cannot be merged or changed now"),
        [ErrorCodes.MigrationConflict] = (409, "The step does not fit the gallery's migration"),
        [ErrorCodes.MigrationNotReady] = (409, "Vectors of the other model are still being made"),
        [ErrorCodes.PeopleLacking] = (409, "People have no vectors of the other model"),
        [ErrorCodes.NotCalibrated] = (409, "The embedder is not calibrated"),
        [ErrorCodes.PromiseNotCarried] = (409, "The calibration does not carry the promise"),
        [ErrorCodes.TooManyRules] = (409, "There are as many rules as there may be"),
        [ErrorCodes.TooManyCameras] = (409, "There is no room for another camera"),
        [ErrorCodes.TooManyFaces] = (409, "The person has the most faces allowed"),
        [ErrorCodes.TooManyBytes] = (413, "The body is too large"),
        [ErrorCodes.TooManyPixels] = (413, "The picture is too large"),
        [ErrorCodes.UnsupportedMediaType] = (415, "The content type is not supported"),
        [ErrorCodes.NotAPicture] = (415, "The bytes are not a picture"),
        [ErrorCodes.UnsupportedPicture] = (415, "This kind of picture is not read"),
        [ErrorCodes.CorruptPicture] = (422, "The picture is damaged"),
        [ErrorCodes.NoFace] = (422, "There is no face in the picture"),
        [ErrorCodes.SeveralFaces] = (422, "There are several faces in the picture"),
        [ErrorCodes.FaceTooSmall] = (422, "The face is too small"),
        [ErrorCodes.LowQuality] = (422, "The face is not good enough"),
        [ErrorCodes.PresentationAttack] = (422, "The face is not a live one"),
        [ErrorCodes.PictureRequired] = (422, "A picture is needed"),
        [ErrorCodes.WrongDimension] = (422, "The embedding has the wrong length"),
        [ErrorCodes.NotFinite] = (422, "The embedding holds NaN or infinity"),
        [ErrorCodes.ZeroNorm] = (422, "The embedding has no direction"),
        [ErrorCodes.Busy] = (429, "The grid is busy"),
        [ErrorCodes.NoEmbedder] = (503, "No node can read pictures"),
        [ErrorCodes.ModelUnavailable] = (503, "No node runs the model"),
        [ErrorCodes.PadUnavailable] = (503, "No node can tell a live face"),
        [ErrorCodes.RoleMissing] = (503, "No node plays a role that is needed"),
        [ErrorCodes.ShardsMissing] = (503, "Some shards did not answer"),
        [ErrorCodes.StorageUnavailable] = (503, "The database is not available"),
        [ErrorCodes.DeadlineExceeded] = (503, "The deadline has passed"),
        [ErrorCodes.DeliveryFailed] = (502, "The target did not take it"),
        [ErrorCodes.RowDamaged] = (500, "What is stored is damaged"),
        [ErrorCodes.Internal] = (500, "Something failed"),
    }.ToFrozenDictionary();

    /// <summary>The status of a code; a code that this version does not know is an internal error.</summary>
    public static int StatusOf(string code) => Entries.TryGetValue(code, out (int Status, string Title) entry) ? entry.Status : 500;

    public static ProblemBody Describe(string code, string detail, string requestId)
    {
        if (!Entries.TryGetValue(code, out (int Status, string Title) entry))
        {
            (code, detail) = (ErrorCodes.Internal, "Something failed; the log has it under this request id.");
            entry = Entries[code];
        }

        return new ProblemBody(TypeBase + code, entry.Title, entry.Status, detail, code, requestId);
    }
}
