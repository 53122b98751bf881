using System.Security.Cryptography.X509Certificates;
using Bascule.Simulators;

namespace Bascule.Testing.Stage;

/// <summary>What a settings file of a stage names: the authority, and a certificate of its for 127.0.0.1 with its key.</summary>
public static class StageCertificates
{
    public static void Write(string folder, LoopbackAuthority authority)
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.CaPem);
        File.WriteAllText(Path.Combine(folder, "server.pem"), authority.ServerCertificate.ExportCertificatePem());
        using var key = authority.ServerCertificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
