using System.Security.Cryptography.X509Certificates;
using Bascule.Simulators;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo;

/// <summary>What is there before Bascule starts: a folder with certificates, a forge with people, and the address that Bascule will have.</summary>
internal sealed class DemoGround : IAsyncDisposable
{
    /// <summary>Names of files in the folder, as the settings name them.</summary>
    public const string Ca = "ca.pem";
    public const string Certificate = "server.pem";
    public const string Key = "server.key";
    public const string Token = "forge.token";

    private DemoGround(string folder, LoopbackAuthority authority, ForgeSimulator forge, string forgeKind) =>
        (Folder, Authority, Forge, ForgeKind, (PublicPort, LocalPort)) = (
            folder,
            authority,
            forge,
            forgeKind,
            FreePort.FindTwo()
        );

    public string Folder { get; }
    public LoopbackAuthority Authority { get; }
    public ForgeSimulator Forge { get; }
    public string ForgeKind { get; }
    public int PublicPort { get; }
    public int LocalPort { get; }

    /// <summary>Where Bascule will answer.</summary>
    public string Url => $"https://127.0.0.1:{PublicPort}";

    public string CaFile => Path.Combine(Folder, Ca);

    public static async Task<DemoGround> PrepareAsync(string forgeKind, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-demo-").FullName;
        var authority = new LoopbackAuthority();
        WriteCertificates(folder, authority);
        var forge = await StartForgeAsync(forgeKind, folder, authority, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, Token), forge.AddToken(DemoStage.BotName), cancellationToken);
        return new DemoGround(folder, authority, forge, forgeKind);
    }

    public async ValueTask DisposeAsync()
    {
        await Forge.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<ForgeSimulator> StartForgeAsync(
        string kind,
        string folder,
        LoopbackAuthority authority,
        CancellationToken cancellationToken
    )
    {
        var options = new ForgeSimulatorOptions
        {
            Flavour = kind == "gogs" ? ForgeFlavour.Gogs : ForgeFlavour.Gitea,
            LoopbackAuthority = authority,
            DataDirectory = Path.Combine(folder, "forge"),
        };
        var forge = await ForgeSimulator.StartAsync(options, cancellationToken);
        forge.AddUser(DemoStage.DeveloperName, DemoStage.DeveloperPassword);
        forge.AddUser(DemoStage.BotName, Guid.NewGuid().ToString("N"));
        forge.AddOrganisation(DemoStage.Owner, DemoStage.DeveloperName);
        return forge;
    }

    private static void WriteCertificates(string folder, LoopbackAuthority authority)
    {
        File.WriteAllText(Path.Combine(folder, Ca), authority.CaPem);
        File.WriteAllText(Path.Combine(folder, Certificate), authority.ServerCertificate.ExportCertificatePem());
        using var key = authority.ServerCertificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, Key), key.ExportPkcs8PrivateKeyPem());
    }
}
