namespace FaceGrid.Cameras.Rules;

/// <summary>An MQTT broker that the operator of the nodes has chosen; its address is not held against <c>FaceGrid:Outbound:Allow</c>.</summary>
public sealed class BrokerOptions
{
    /// <summary><c>mqtt://host[:1883]</c> or <c>mqtts://host[:8883]</c>. Default none.</summary>
    public string? Address { get; set; }

    /// <summary>User name, or null.</summary>
    public string? UserName { get; set; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; set; }

    /// <summary>File with the PEM certificates that the broker's certificate must come from; null for those of the system. Also for brokers that rules name.</summary>
    public string? CertificateAuthority { get; set; }
}
