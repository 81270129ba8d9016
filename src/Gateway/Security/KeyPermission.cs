namespace FaceGrid.Gateway.Security;

/// <summary>What an API key may do. Each route of the API needs exactly one permission.</summary>
public enum KeyPermission
{
    /// <summary>Verify, identify, compare, detect and embed. Nothing is stored.</summary>
    Recognise,

    /// <summary>Send frames to cameras, without seeing the faces found in them.</summary>
    Push,

    /// <summary>See cameras, their pictures, sightings and events.</summary>
    Watch,

    /// <summary>Read galleries and people, embeddings included, and reports.</summary>
    Read,

    /// <summary>Write people and faces: enrol, change, merge, delete.</summary>
    Enrol,

    /// <summary>Read <c>/metrics</c> and <c>/v1/cluster</c>, and see the dashboard: how the grid runs, not who is in it.</summary>
    Monitor,

    /// <summary>Create, change and delete galleries, cameras and rules, delete sightings, migrate galleries to other models.</summary>
    Administer,
}
