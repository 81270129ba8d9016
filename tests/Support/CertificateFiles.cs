using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FaceGrid.Tests.Support;

/// <summary>An authority that a test has made, and a certificate of it for this machine, as PEM files.</summary>
public sealed class CertificateFiles
{
    /// <summary>Makes them.</summary>
    /// <param name="directory">Where.</param>
    public CertificateFiles(string directory)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=FaceGrid test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 signer = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(signer, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);

        (Authority, Certificate, Key) = (Path.Combine(directory, "authority.pem"), Path.Combine(directory, "certificate.pem"), Path.Combine(directory, "key.pem"));
        File.WriteAllText(Authority, signer.ExportCertificatePem());
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>File of the authority's certificate.</summary>
    public string Authority { get; }

    /// <summary>File of this machine's certificate, for localhost and 127.0.0.1.</summary>
    public string Certificate { get; }

    /// <summary>File of its key.</summary>
    public string Key { get; }
}
