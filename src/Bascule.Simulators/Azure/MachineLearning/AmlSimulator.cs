using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>
/// A strict stand-in for one Azure Machine Learning workspace: behind Azure Resource Manager (api-version 2024-04-01), with the MLflow endpoint of its region, its blob
/// storage, and the Entra tenant that its tokens come from. What it takes and answers is compared by its tests with Microsoft's and MLflow's descriptions. Never
/// compared with a real workspace. What the descriptions do not say is assumed where the comment of a class says "assumed". It runs nothing: a test moves each job.
/// </summary>
public sealed class AmlSimulator : IAsyncDisposable
{
    public const string Label = "Azure Machine Learning simulator";
    private readonly AmlParts _parts;

    private AmlSimulator(AmlSimulatorOptions options)
    {
        _parts = new AmlParts(options);
        Application = Directory.AddApplication();
        Assign(Application, ArmRole.DataScientist | ArmRole.Poll);
    }

    /// <summary>With port, without path.</summary>
    public Uri ResourceManagerUrl => _parts.ResourceManager.Url;

    /// <summary>Of Entra; with port, without the tenant.</summary>
    public Uri AuthorityUrl => Directory.Url;

    /// <summary>Of the region: MLflow and the run history; with port, without path.</summary>
    public Uri RegionUrl => _parts.Region.Url;

    /// <summary>Of the storage account; with port, without container.</summary>
    public Uri BlobUrl => _parts.Blobs.Url;

    /// <summary>As the workspace tells it: <c>azureml://…</c>.</summary>
    public string TrackingUri => _parts.Place.TrackingUri;

    /// <summary>The tenant: its applications, tokens and managed identity.</summary>
    public EntraDirectory Directory => _parts.Directory;

    /// <summary>Data scientist of the workspace from the start, and reader of what goes on in its resource group; who may become it is for <see cref="EntraApplication.Trust"/> to say.</summary>
    public EntraApplication Application { get; }

    public string TenantId => Directory.Tenant;

    public string ClientId => Application.ClientId;

    public string SubscriptionId => _parts.Place.Scope.Subscription;

    public string ResourceGroup => _parts.Place.Scope.ResourceGroup;

    public string WorkspaceName => _parts.Place.Scope.ServiceName;

    /// <summary>Path of the workspace, from <c>/subscriptions</c> on.</summary>
    public string WorkspacePath => _parts.Place.Scope.Service;

    /// <summary>The latest 20,000 requests to Azure Resource Manager that were answered, refused ones included.</summary>
    public IReadOnlyList<ArmExchange> Exchanges => _parts.Traffic.Exchanges;

    /// <summary>The same of the region's endpoint.</summary>
    public IReadOnlyList<ArmExchange> RegionExchanges => _parts.RegionTraffic.Exchanges;

    /// <summary>The same of the storage account, without signatures and contents.</summary>
    public IReadOnlyList<ArmExchange> BlobExchanges => _parts.BlobTraffic.Exchanges;

    /// <summary>GET of Azure Resource Manager by kind, e.g. <c>jobs</c>, that were let in.</summary>
    public IReadOnlyDictionary<string, int> Reads => _parts.Traffic.Reads;

    /// <summary>PUT and POST of Azure Resource Manager by kind, e.g. <c>jobs</c> or <c>jobs/cancel</c>, that were let in.</summary>
    public IReadOnlyDictionary<string, int> Writes => _parts.Traffic.Writes;

    /// <summary>Writes that came so far, of Azure Resource Manager (PUT, PATCH, POST, DELETE) and to blobs (PUT), whatever became of them.</summary>
    public int WriteCount => _parts.Traffic.Failures.Written;

    /// <summary>All access tokens and signatures that were ever given out: what nobody may ever say.</summary>
    public IEnumerable<string> Issued => [.. Directory.Issued, .. _parts.Access.Issued];

    /// <summary>Whether something is still to go wrong.</summary>
    public bool HasFaults => !_parts.Faults.IsEmpty || !_parts.Traffic.Failures.IsEmpty;

    /// <summary>Awaited with method and path below the workspace before a request that was let in is answered.</summary>
    public Func<string, string, Task>? OnRequest
    {
        get => _parts.Server.OnRequest;
        set => _parts.Server.OnRequest = value;
    }

    /// <summary>Called with each new job before its submission is answered, while all other requests wait: it must not ask the simulator over the network.</summary>
    public Action<AmlJob>? OnSubmitted
    {
        get;
        set
        {
            field = value;
            _parts.OnSubmitted(value);
        }
    }

    /// <summary>All jobs, oldest first.</summary>
    public IReadOnlyList<AmlJob> Jobs => _parts.JobList();

    public static async Task<AmlSimulator> StartAsync(
        AmlSimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        var simulator = new AmlSimulator(options);
        await simulator._parts.StartAsync(cancellationToken);
        return simulator;
    }

    /// <exception cref="ArgumentException">There is no such job.</exception>
    public AmlJob Job(string name) =>
        Jobs.FirstOrDefault(job => job.Name == name)
        ?? throw new ArgumentException($"there is no job '{name}'", nameof(name));

    /// <summary>Contents by path of what a version of code is made of.</summary>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public IReadOnlyDictionary<string, byte[]> FilesOf(string code, string version) => _parts.FilesOf(code, version);

    public void Assign(EntraApplication application, ArmRole role) => _parts.Roles.Assign(application, role);

    /// <summary>What happens to a write that is still to come, to Azure Resource Manager or to a blob.</summary>
    /// <param name="ordinal">1 = the next.</param>
    public void FailWrite(int ordinal, WriteFailure failure) => _parts.Traffic.Failures.Add(ordinal, failure);

    /// <summary>Of any endpoint but Entra's, by method and path.</summary>
    public void Inject(Fault fault) => _parts.Faults.Add(fault);

    public void ClearFaults()
    {
        _parts.Faults.Clear();
        _parts.Traffic.Failures.Clear();
    }

    /// <summary>All endpoints but Entra's are away until <see cref="Resume"/>.</summary>
    public void GoOffline() => _parts.EachListener(listener => listener.GoOffline());

    public void Resume() => _parts.EachListener(listener => listener.Resume());

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
