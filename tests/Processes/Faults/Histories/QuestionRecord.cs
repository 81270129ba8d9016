namespace FaceGrid.Tests.Faults.Histories;

/// <summary>A person near a probe.</summary>
internal readonly record struct Near(string Person, float Distance);

/// <summary>The body of an identify that was answered.</summary>
/// <param name="Nearest">The candidates, in the order given.</param>
/// <param name="People">How many people were searched.</param>
/// <param name="Complete">What the answer says of itself.</param>
/// <param name="Asked">Shards asked.</param>
/// <param name="Answered">Shards that answered.</param>
internal sealed record IdentifyBody(IReadOnlyList<Near> Nearest, long People, bool Complete, int Asked, int Answered);

/// <summary>One probe against everybody, as its client saw it.</summary>
/// <param name="Node">Who was asked.</param>
/// <param name="Start">When the request was about to be sent.</param>
/// <param name="End">When the answer was there.</param>
/// <param name="Probe">Unit norm.</param>
/// <param name="Limit">Candidates wanted.</param>
/// <param name="PartialAllowed">Whether an incomplete answer was welcome.</param>
/// <param name="Problem">Status and code of an error, for example <c>503 shards-missing</c>; <see cref="Problems.NoAnswer"/> when none came; null when there is a body.</param>
/// <param name="Body">The answer, or null.</param>
internal sealed record IdentifyRecord(string Node, long Start, long End, float[] Probe, int Limit, bool PartialAllowed, string? Problem, IdentifyBody? Body);

/// <summary>One probe against one person, as its client saw it.</summary>
/// <param name="Node">Who was asked.</param>
/// <param name="Start">When the request was about to be sent.</param>
/// <param name="End">When the answer was there.</param>
/// <param name="Person">The person claimed.</param>
/// <param name="Probe">Unit norm.</param>
/// <param name="Problem">As in <see cref="IdentifyRecord"/>; <see cref="Problems.NoPerson"/> is an answer about the person.</param>
/// <param name="Distance">The answer, or null.</param>
internal sealed record VerifyRecord(string Node, long Start, long End, string Person, float[] Probe, string? Problem, float? Distance);

/// <summary>Outcomes of a request other than a body.</summary>
internal static class Problems
{
    /// <summary>The connection broke, or the client's patience ended.</summary>
    public const string NoAnswer = "no answer";

    /// <summary>A verify of somebody who is not enrolled.</summary>
    public const string NoPerson = "404 person-not-found";

    /// <summary>A person whose faces are not there.</summary>
    public const string NoFace = "404 face-not-found";

    /// <summary>Whether a grid with faults may answer so: it says that it cannot, in one of the documented ways.</summary>
    public static bool IsHonest(string problem) => problem
        is NoAnswer or "503 shards-missing" or "503 storage-unavailable" or "503 deadline-exceeded" or "503 no-embedder" or "429 busy";
}
