namespace FaceGrid.Cameras.Rules;

/// <summary>
/// The MQTT broker that the operator of the nodes has chosen. <c>FaceGrid:Outbound:Allow</c> does not restrict its address.
/// </summary>
public sealed class BrokerOptions
{
    /// <summary><c>mqtt://host[:1883]</c> or <c>mqtts://host[:8883]</c>. Default none.</summary>
    public string? Address { get; set; }

    /// <summary>User name, or null.</summary>
    public string? UserName { get; set; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// File with the PEM certificates of the authorities that sign brokers' certificates, those of brokers that rules name included; null
    /// for the authorities of the system.
    /// </summary>
    public string? CertificateAuthority { get; set; }
}
