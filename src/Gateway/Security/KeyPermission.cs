namespace FaceGrid.Gateway.Security;

/// <summary>What an API key may do. Each route of the API asks for exactly one of these.</summary>
public enum KeyPermission
{
    /// <summary>Verify, identify, compare, detect and embed: ask who somebody is, and store nothing.</summary>
    Recognise,

    /// <summary>Send frames to cameras, and see nothing of what becomes of them.</summary>
    Push,

    /// <summary>See cameras, their pictures, sightings and events.</summary>
    Watch,

    /// <summary>Read galleries and people, embeddings included, and reports.</summary>
    Read,

    /// <summary>Write people and faces: enrol, change, merge, delete.</summary>
    Enrol,

    /// <summary>Read <c>/metrics</c> and <c>/v1/cluster</c>, and see the dashboard: how the grid does, not who is in it.</summary>
    Monitor,

    /// <summary>Make, change and delete galleries, cameras, rules and sightings, move galleries to other models.</summary>
    Administer,
}
