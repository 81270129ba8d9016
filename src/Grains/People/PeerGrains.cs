using FaceGrid.Abstractions.People;

namespace FaceGrid.Grains.People;

/// <summary>Finds the grains of people by gallery and person id.</summary>
internal static class PeerGrains
{
    /// <summary>The grain that other grains talk to.</summary>
    public static IPersonPeerGrain Peer(this IGrainFactory grains, string gallery, string person) =>
        grains.GetGrain<IPersonPeerGrain>(PersonKey.Of(gallery, person).ToString());

    /// <summary>The grain that callers talk to.</summary>
    public static IPersonGrain Person(this IGrainFactory grains, string gallery, string person) =>
        grains.GetGrain<IPersonGrain>(PersonKey.Of(gallery, person).ToString());
}
