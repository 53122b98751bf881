using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Simulators;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>A simulated workspace, and connections to it that log in by a run's token.</summary>
internal sealed class AzureMlStage : IAsyncDisposable
{
    private const string Issuer = "https://bascule.example.com";

    // Keys take longer to make than everything else here, and no test changes them.
    private static readonly LoopbackAuthority Authority = new();
    private readonly string _caFile = Path.GetTempFileName();
    private readonly List<AzureMlPlatform> _platforms = [];

    private AzureMlStage(AmlSimulator simulator)
    {
        Simulator = simulator;
        File.WriteAllText(_caFile, Authority.CaPem);
        var credential = new FederatedCredential("bascule", Issuer, Identity.Subject) { Jwks = Identity.JwksJson };
        simulator.Application.Trust(credential);
        var planner = simulator.Directory.AddApplication();
        planner.Trust(credential);
        simulator.Assign(planner, ArmRole.Read);
        Options = new AzureMlOptions
        {
            Name = "aml",
            Azure = new ArmOptions
            {
                Subject = "platform 'aml'",
                Url = simulator.ResourceManagerUrl,
                Audience = ArmOptions.PublicUrl,
                Authority = simulator.AuthorityUrl,
                CaFile = _caFile,
                Account = new ArmAccount.Federation(
                    simulator.TenantId,
                    simulator.ClientId,
                    FederatedCredential.UsualAudience
                )
                {
                    Planner = planner.ClientId,
                },
            },
            Place = new ArmPlace(simulator.SubscriptionId, simulator.ResourceGroup),
            Workspace = simulator.WorkspaceName,
            Hosts = [simulator.RegionUrl.Host, simulator.BlobUrl.Host],
        };
    }

    public static SigningIdentity Identity { get; } = new(Issuer, "env:prod");

    public AmlSimulator Simulator { get; }

    public AzureMlOptions Options { get; set; }

    public HastyTime Time { get; } = new();

    public int Calls => Simulator.Exchanges.Count + Simulator.RegionExchanges.Count + Simulator.BlobExchanges.Count;

    public static async Task<AzureMlStage> StartAsync(Func<AmlSimulatorOptions, AmlSimulatorOptions>? change = null)
    {
        var options = new AmlSimulatorOptions { Authority = Authority };
        return new AzureMlStage(await AmlSimulator.StartAsync(change?.Invoke(options) ?? options));
    }

    /// <summary>As a process opens it at its start.</summary>
    public AzureMlPlatform Connect()
    {
        var platform = new AzureMlPlatform(Options, Time, detail: null);
        _platforms.Add(platform);
        return platform;
    }

    /// <summary>What trusts the simulator's certificates, and logs in nowhere.</summary>
    public static HttpClient NewClient() =>
        new(new SocketsHttpHandler { SslOptions = LoopbackAuthority.Trusting(Authority.CaPem) });

    public async ValueTask DisposeAsync()
    {
        foreach (var platform in _platforms)
            platform.Dispose();
        await Simulator.DisposeAsync();
        File.Delete(_caFile);
    }
}
