using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>
/// How policies against presentation attacks are combined, and what they say of a face. Requests and cameras use the same rules.
/// </summary>
public static class PadRules
{
    /// <summary>
    /// The policy in force: the stricter of two. A caller can ask for more than the gallery does and never for less. Where neither says
    /// anything, liveness is reported.
    /// </summary>
    /// <param name="gallery">The gallery's, or null.</param>
    /// <param name="asked">The asker's own, or null.</param>
    public static PadPolicy Stricter(PadPolicy? gallery, PadPolicy? asked) => (gallery, asked) switch
    {
        ({ } one, { } other) => (PadPolicy)Math.Max((int)one, (int)other),
        var (one, other) => one ?? other ?? PadPolicy.Report,
    };

    /// <summary>Whether a face that was judged is refused.</summary>
    /// <param name="liveness">What was said of it.</param>
    /// <param name="policy">The policy in force.</param>
    /// <returns>True for one that is not live where a live one is required.</returns>
    public static bool Rejects(Liveness liveness, PadPolicy policy) => policy == PadPolicy.Require && !liveness.IsLive;
}
