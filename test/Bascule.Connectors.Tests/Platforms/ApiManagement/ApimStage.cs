using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Live;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Simulators;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>A simulated service, and a client of it that logs in by a run's token.</summary>
internal sealed class ApimStage : IAsyncDisposable
{
    public const string Subject = "env:prod";
    private const string Issuer = "https://bascule.example.com";

    // Keys take longer to make than everything else here, and no test changes them.
    private static readonly LoopbackAuthority Authority = new();
    private static readonly SigningIdentity Identity = new(Issuer, Subject);
    private readonly string _caFile = Path.GetTempFileName();

    private ApimStage(ApimSimulator simulator)
    {
        Simulator = simulator;
        File.WriteAllText(_caFile, Authority.CaPem);
        var credential = new FederatedCredential("bascule", Issuer, Subject) { Jwks = Identity.JwksJson };
        simulator.Application.Trust(credential);
        var planner = simulator.Directory.AddApplication();
        planner.Trust(credential);
        simulator.Assign(planner, ArmRole.Read);
        Options = new ApimOptions
        {
            Name = "gateway",
            Azure = new ArmOptions
            {
                Subject = "platform 'gateway'",
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
            Subscription = simulator.SubscriptionId,
            ResourceGroup = simulator.ResourceGroup,
            Service = simulator.ServiceName,
        };
        Client = Open();
        Session = new ArmSession(Identity, Audit);
    }

    public ApimSimulator Simulator { get; }

    public ApimOptions Options { get; }

    public ApimClient Client { get; }

    public ArmSession Session { get; }

    public RecordingAudit Audit { get; } = new();

    public HastyTime Time { get; } = new();

    public static async Task<ApimStage> StartAsync(Func<ApimSimulatorOptions, ApimSimulatorOptions>? change = null)
    {
        var options = new ApimSimulatorOptions { Authority = Authority };
        return new ApimStage(await ApimSimulator.StartAsync(change?.Invoke(options) ?? options));
    }

    /// <summary>Another process of Bascule: it knows nothing of the first one.</summary>
    public ApimClient Open()
    {
        var outbound = new OutboundOptions
        {
            Subject = Options.Subject,
            Url = Options.Azure.Url,
            CaFile = Options.Azure.CaFile,
            Time = Time,
            Timeout = TimeSpan.FromSeconds(100),
            MaxAnswerBytes = ApimDefaults.MaxAnswer,
        };
        var login = new ArmLogin(Options.Azure, Time, detail: null);
        return new ApimClient(
            Options,
            new ArmClient(Options.Azure, ApimDefaults.ApiVersion, new OutboundClient(outbound), login, Time)
        );
    }

    public async Task<LiveService> LookAsync(params IEnumerable<ApimAddress> at) =>
        (await new LiveReading(Client, Session).ReadAsync(LiveScope.Of(at), default)).Value;

    /// <summary>The commit beside the service as it is now.</summary>
    public async Task<(Result<ApimChangeSet> Changes, LiveService Live)> CompareAsync(
        IReadOnlyList<ApimResource> wanted,
        IReadOnlyList<ApimAddress> deployed
    )
    {
        var live = await LookAsync(wanted.Select(one => one.Address).Concat(deployed));
        return (new ApimComparison(wanted, deployed, live).Compare(), live);
    }

    /// <summary>What callers of the service and its administrators can tell apart: releases and marks are history, and history stays.</summary>
    public IReadOnlyDictionary<string, string> Picture()
    {
        var picture = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, state) in Simulator.State)
        {
            if (path.Contains("/releases/", StringComparison.Ordinal))
                continue;
            var properties = JsonNode.Parse(state.Properties)!.AsObject();
            properties.Remove("apiRevisionDescription");
            // The service indents what it is given anew.
            if (properties["format"] is not null)
                properties["value"] = Regex.Replace((string)properties["value"]!, @">\s+<", "><");
            picture[path] = properties.ToJsonString();
        }
        return picture;
    }

    /// <summary>What is not as it was; none when all of it is.</summary>
    public IReadOnlyList<string> DifferencesTo(IReadOnlyDictionary<string, string> before)
    {
        var now = Picture();
        return
        [
            .. before
                .Keys.Union(now.Keys)
                .Where(path => before.GetValueOrDefault(path) != now.GetValueOrDefault(path))
                .Select(path => $"{path}: {before.GetValueOrDefault(path)} became {now.GetValueOrDefault(path)}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        File.Delete(_caFile);
    }
}
