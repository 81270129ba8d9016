namespace FaceGrid.Abstractions.Errors;

/// <summary>
/// Every problem FaceGrid reports, by its stable code. The code travels unchanged from a grain to the HTTP problem document
/// (<c>code</c> and the last segment of <c>type</c>); the HTTP status of each is chosen in one place, the gateway's problem mapping.
/// </summary>
public static class ErrorCodes
{
    /// <summary>The request body is empty where a picture or a JSON document is needed.</summary>
    public const string EmptyBody = "empty-body";

    /// <summary>The request body is not valid JSON, or a member has the wrong type or is unknown.</summary>
    public const string InvalidJson = "invalid-json";

    /// <summary>A parameter is outside its documented range.</summary>
    public const string InvalidParameter = "invalid-parameter";

    /// <summary>The content type of the request is not one that this endpoint reads.</summary>
    public const string UnsupportedMediaType = "unsupported-media-type";

    /// <summary>The bytes are not a picture in a supported format (JPEG, PNG, WebP, BMP, GIF).</summary>
    public const string NotAPicture = "not-a-picture";

    /// <summary>
    /// The picture is of a kind that is not read (an animated WebP, a JPEG with arithmetic coding), or of a format that is turned off
    /// (GIF, BMP).
    /// </summary>
    public const string UnsupportedPicture = "unsupported-picture";

    /// <summary>The picture starts well but cannot be decoded to its end.</summary>
    public const string CorruptPicture = "corrupt-picture";

    /// <summary>The body is larger than the configured limit in bytes.</summary>
    public const string TooManyBytes = "too-many-bytes";

    /// <summary>The picture has more pixels than the configured limit.</summary>
    public const string TooManyPixels = "too-many-pixels";

    /// <summary>No face was found in the picture.</summary>
    public const string NoFace = "no-face";

    /// <summary>More than one face was found where exactly one is needed.</summary>
    public const string SeveralFaces = "several-faces";

    /// <summary>The face is too small to be enrolled or verified.</summary>
    public const string FaceTooSmall = "face-too-small";

    /// <summary>As far as the models can tell, the face is a picture of a face, and the policy requires a live one.</summary>
    public const string PresentationAttack = "presentation-attack";

    /// <summary>The policy requires a live face, and an embedding shows none: only a picture can be judged.</summary>
    public const string PictureRequired = "picture-required";

    /// <summary>A gallery id does not match <c>[a-z0-9-]{1,64}</c>.</summary>
    public const string InvalidGalleryId = "invalid-gallery-id";

    /// <summary>A person id does not match <c>[A-Za-z0-9._:@-]{1,128}</c>.</summary>
    public const string InvalidPersonId = "invalid-person-id";

    /// <summary>The gallery does not exist.</summary>
    public const string GalleryNotFound = "gallery-not-found";

    /// <summary>The person is not enrolled in the gallery.</summary>
    public const string PersonNotFound = "person-not-found";

    /// <summary>The person has no face with that id.</summary>
    public const string FaceNotFound = "face-not-found";

    /// <summary>The person already has the most faces a person may have.</summary>
    public const string TooManyFaces = "too-many-faces";

    /// <summary>Somebody else who is enrolled already looks like the new person, and the gallery's policy refuses duplicates.</summary>
    public const string DuplicatePerson = "duplicate-person";

    /// <summary>
    /// Two people cannot be merged, changed or separated now: another merge of one of them is not finished, they are declared different,
    /// or the id belongs to somebody else now.
    /// </summary>
    public const string MergeConflict = "merge-conflict";

    /// <summary>There is no merge of these two people to undo.</summary>
    public const string NotMerged = "not-merged";

    /// <summary>The face does not meet the quality that the gallery's policy asks for.</summary>
    public const string LowQuality = "low-quality";

    /// <summary>The embedding's length differs from the gallery's dimension.</summary>
    public const string WrongDimension = "wrong-dimension";

    /// <summary>The embedding holds NaN or infinity.</summary>
    public const string NotFinite = "not-finite";

    /// <summary>The embedding's norm is zero, so it has no direction to compare.</summary>
    public const string ZeroNorm = "zero-norm";

    /// <summary>The vector was made under another contract than the gallery's.</summary>
    public const string ContractMismatch = "contract-mismatch";

    /// <summary>The gallery has no contract yet and the request brings none.</summary>
    public const string ContractUnknown = "contract-unknown";

    /// <summary>No embedder node of the grid runs the model that is needed, or the node that was asked does not.</summary>
    public const string ModelUnavailable = "model-unavailable";

    /// <summary>
    /// The step does not fit how far the gallery's migration has come: another migration is under way, or something has changed since the
    /// caller looked.
    /// </summary>
    public const string MigrationConflict = "migration-conflict";

    /// <summary>The gallery is not migrating to another model.</summary>
    public const string NoMigration = "no-migration";

    /// <summary>Vectors of the other model are still being made.</summary>
    public const string MigrationNotReady = "migration-not-ready";

    /// <summary>
    /// People have no vectors of the other model and none can be made, so they would not be found any more. Enrol them again, or say that
    /// they may be left.
    /// </summary>
    public const string PeopleLacking = "people-lacking";

    /// <summary>A promise was asked for and the embedder's profile has no calibration to keep it with.</summary>
    public const string NotCalibrated = "not-calibrated";

    /// <summary>A promise was asked for that the calibration data are too few to carry; the detail names the smallest.</summary>
    public const string PromiseNotCarried = "promise-not-carried";

    /// <summary>No API key was given, or it is not known.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>The API key is known, and lacks the permission, or is for other galleries or cameras.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>A bounded queue is full; try again after the time in <c>Retry-After</c>.</summary>
    public const string Busy = "busy";

    /// <summary>No node of the grid plays the embedder role, so pictures cannot be read.</summary>
    public const string NoEmbedder = "no-embedder";

    /// <summary>The policy requires a live face, and no embedder of the grid has a model that tells one.</summary>
    public const string PadUnavailable = "pad-unavailable";

    /// <summary>No node of the grid plays a role that the request needs, <c>people</c> or <c>shards</c>; the detail names it.</summary>
    public const string RoleMissing = "role-missing";

    /// <summary>Some shards of the gallery did not answer, so a complete answer cannot be given.</summary>
    public const string ShardsMissing = "shards-missing";

    /// <summary>The row could not be read or written: the database is away, full or read-only.</summary>
    public const string StorageUnavailable = "storage-unavailable";

    /// <summary>What is stored of it cannot be read; everything else goes on. Not mended by trying again.</summary>
    public const string RowDamaged = "row-damaged";

    /// <summary>The grid did not answer within the deadline.</summary>
    public const string DeadlineExceeded = "deadline-exceeded";

    /// <summary>The request path or method is not one of the API.</summary>
    public const string NotFound = "not-found";

    /// <summary>Something failed that should not; the request id finds it in the log.</summary>
    public const string Internal = "internal";

    /// <summary>
    /// A camera's id or settings are malformed or contradict each other; or its address is not one that cameras may have.
    /// </summary>
    public const string InvalidCamera = "invalid-camera";

    /// <summary>There is no sighting with that id, or it has no picture.</summary>
    public const string SightingNotFound = "sighting-not-found";

    /// <summary>
    /// A rule's settings are malformed or contradict each other; the detail names all mistakes. Also a rule id that does not match
    /// <c>[a-z0-9-]{1,64}</c>.
    /// </summary>
    public const string InvalidRule = "invalid-rule";

    /// <summary>There is no rule with that id.</summary>
    public const string RuleNotFound = "rule-not-found";

    /// <summary>There are as many rules as there may be.</summary>
    public const string TooManyRules = "too-many-rules";

    /// <summary>The rule has given up no delivery with that id, or what it told of has been erased.</summary>
    public const string DeadLetterNotFound = "dead-letter-not-found";

    /// <summary>The target did not take the delivery; it stays in the list.</summary>
    public const string DeliveryFailed = "delivery-failed";

    /// <summary>The camera does not exist.</summary>
    public const string CameraNotFound = "camera-not-found";

    /// <summary>The nodes that run cameras have no room for another one.</summary>
    public const string TooManyCameras = "too-many-cameras";

    /// <summary>The address is not one that this grid may connect to (<c>FaceGrid:Outbound:Allow</c>).</summary>
    public const string AddressNotAllowed = "address-not-allowed";
}
