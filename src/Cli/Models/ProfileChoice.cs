using FaceGrid.Models;

namespace FaceGrid.Cli.Models;

/// <summary>Finds the profiles that a command line names.</summary>
internal static class ProfileChoice
{
    /// <summary>Finds profiles.</summary>
    /// <param name="store">Where to look.</param>
    /// <param name="asked">Ids of profiles of any kind, or paths of embedders' profile files; none means all that are known.</param>
    /// <returns>The profiles in that order.</returns>
    /// <exception cref="VisionSetupException">There is no such profile, or it is wrong.</exception>
    public static IEnumerable<ModelProfile> Choose(ModelStore store, IReadOnlyCollection<string> asked)
    {
        IReadOnlyList<ModelProfile> known = store.ListProfiles();
        return asked.Count == 0
            ? known
            : asked.Select(name => known.FirstOrDefault(profile => profile.Id == name) ?? store.GetProfile<EmbedderProfile>(name));
    }
}
