using Bascule.Simulators.Azure.ApiManagement.Rules;
using Bascule.Simulators.Azure.ApiManagement.Service;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;

namespace Bascule.Simulators.Azure.ApiManagement;

/// <summary>
/// A strict stand-in for one API Management service behind Azure Resource Manager (api-version 2024-05-01), and for the Entra tenant that its tokens come from. What it
/// takes and answers is compared by its tests with Microsoft's descriptions of 2023-09-01-preview, whose pages for these kinds are the same. Never compared with a
/// real service. What the descriptions do not say is assumed where the comment of a class says "assumed".
/// </summary>
public sealed class ApimSimulator : IAsyncDisposable
{
    public const string Label = "API Management simulator";
    private readonly Faults _faults = new();
    private readonly ArmScope _scope;
    private readonly ArmTraffic _traffic;
    private readonly ArmAccess _access;
    private readonly ArmServer _server;
    private readonly ApimService _service;
    private readonly LongOperations _operations;
    private readonly Listener _listener;

    private ApimSimulator(ApimSimulatorOptions options)
    {
        var store = new EntityStore(options.TimeProvider);
        Directory = new EntraDirectory(options.Authority, options.TimeProvider);
        _scope = new ArmScope(
            ApimService.Provider,
            Guid.NewGuid().ToString(),
            options.ResourceGroup,
            options.ServiceName
        );
        _traffic = new ArmTraffic(options.Latency, options.Throttling, options.TimeProvider);
        _access = new ArmAccess(Directory, _scope);
        _operations = new LongOperations(options, _scope);
        _service = Build(options);
        _server = new ArmServer(_service, _scope, _access, _traffic, _faults, options.TimeProvider);
        _listener = new Listener(0, options.Authority.ServerCertificate, _server.HandleAsync);
        Application = Directory.AddApplication();
        Assign(Application, ArmRole.Contributor);
        // By hand things are done at once.
        var byHand = Build(options with { OperationPolls = 0 });
        Portal = new ApimPortal(request =>
            _server.Locked(() =>
            {
                _operations.RunAll();
                return byHand.Answer(request);
            })
        );

        ApimService Build(ApimSimulatorOptions own)
        {
            var json = new EntityJson(store, _scope);
            var writes = new Writes(
                store,
                json,
                _operations,
                new Changes(store, _scope, new PolicyRules(store)),
                new UseRules(store),
                own,
                () => ResourceManagerUrl
            );
            return new(_scope, store, json, _operations, new Reads(store, json, own, () => ResourceManagerUrl), writes);
        }
    }

    /// <summary>With port, without path.</summary>
    public Uri ResourceManagerUrl => _listener.Url;

    /// <summary>Of Entra; with port, without the tenant.</summary>
    public Uri AuthorityUrl => Directory.Url;

    /// <summary>The tenant: its applications, tokens and managed identity.</summary>
    public EntraDirectory Directory { get; }

    /// <summary>Contributor of the service from the start; who may become it is for <see cref="EntraApplication.Trust"/> to say.</summary>
    public EntraApplication Application { get; }

    public string TenantId => Directory.Tenant;

    public string ClientId => Application.ClientId;

    public string SubscriptionId => _scope.Subscription;

    public string ResourceGroup => _scope.ResourceGroup;

    public string ServiceName => _scope.ServiceName;

    /// <summary>Path of the service, from <c>/subscriptions</c> on.</summary>
    public string ServicePath => _scope.Service;

    public ApimPortal Portal { get; }

    /// <summary>The latest 20,000 requests that were answered, refused ones included.</summary>
    public IReadOnlyList<ArmExchange> Exchanges => _traffic.Exchanges;

    /// <summary>GET and HEAD by kind, e.g. <c>apis/operations</c>, that were let in.</summary>
    public IReadOnlyDictionary<string, int> Reads => _traffic.Reads;

    /// <summary>PUT, PATCH and DELETE by kind that were let in.</summary>
    public IReadOnlyDictionary<string, int> Writes => _traffic.Writes;

    /// <summary>PUT, PATCH and DELETE that came so far, whatever became of them.</summary>
    public int WriteCount => _traffic.Failures.Written;

    /// <summary>What the calls took at <see cref="ApimSimulatorOptions.Latency"/> each: one after the other they add up, at once they do not.</summary>
    public TimeSpan SimulatedTime => _traffic.Clock.Elapsed;

    /// <summary>Awaited with method and path below the service before a request that was let in is answered; a write holds its API meanwhile.</summary>
    public Func<string, string, Task>? OnRequest
    {
        get => _server.OnRequest;
        set => _server.OnRequest = value;
    }

    /// <summary>Everything there is, by its path below the service, after all operations that still went on.</summary>
    public IReadOnlyDictionary<string, EntityState> State => _server.Locked(_service.State);

    public static async Task<ApimSimulator> StartAsync(
        ApimSimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        var simulator = new ApimSimulator(options);
        await simulator.Directory.StartAsync(cancellationToken);
        await simulator._listener.StartAsync(cancellationToken);
        return simulator;
    }

    public void Assign(EntraApplication application, ArmRole role) => _access.Assign(application, role);

    /// <summary>What happens to a write that is still to come.</summary>
    /// <param name="ordinal">1 = the next PUT, PATCH or DELETE.</param>
    public void FailWrite(int ordinal, WriteFailure failure) => _traffic.Failures.Add(ordinal, failure);

    /// <summary>Of Azure Resource Manager; any request, by method and path.</summary>
    public void Inject(Fault fault) => _faults.Add(fault);

    public void ClearFaults()
    {
        _faults.Clear();
        _traffic.Failures.Clear();
    }

    /// <summary>Azure Resource Manager is away until <see cref="Resume"/>; Entra stays.</summary>
    public void GoOffline() => _listener.GoOffline();

    public void Resume() => _listener.Resume();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Directory.DisposeAsync();
    }
}
