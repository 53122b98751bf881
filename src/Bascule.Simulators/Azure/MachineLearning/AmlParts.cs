using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Azure.MachineLearning.Storage;
using Bascule.Simulators.Azure.MachineLearning.Tracking;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks.Traffic;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>The parts of a simulated workspace and how they hang together. The gate of Azure Resource Manager guards all state but blobs.</summary>
internal sealed class AmlParts : IAsyncDisposable
{
    private readonly AssetStore _assets;
    private readonly BlobStore _blobs = new();
    private readonly CodeUploads _uploads;
    private readonly JobStore _jobs;
    private readonly JobApi _jobApi;
    private readonly AmlJobHand _hand;

    public AmlParts(AmlSimulatorOptions options)
    {
        var time = options.TimeProvider;
        Directory = new EntraDirectory(options.Authority, time);
        var scope = new ArmScope(
            AmlPlace.Provider,
            Guid.NewGuid().ToString(),
            options.ResourceGroup,
            options.WorkspaceName
        );
        Place = new AmlPlace(scope, options, () => ResourceManager!.Url, () => Region!.Url, () => Blobs!.Url);
        var paging = new Paging(Place);
        Traffic = new ArmTraffic(options.Latency, options.Throttling, time);
        (RegionTraffic, BlobTraffic) = (new(TimeSpan.Zero, null, time), new(TimeSpan.Zero, null, time));
        Roles = new ArmAccess(Directory, scope);
        Access = new SharedAccess(time, options.SasLifetime);
        _assets = new AssetStore(options);
        var tracking = new TrackingStore(id => $"{Place.TrackingUri}/experiments/{id}/runs");
        _jobs = new JobStore(tracking, time);
        _uploads = new CodeUploads(Place, _blobs, Access);
        var references = new References(_assets, Place);
        var rules = new JobRules(references, new PipelineRules(_assets, Place, references));
        _jobApi = new JobApi(_jobs, rules, Place, paging, time);
        var service = new AmlService(
            Place,
            new Computes(Place, paging),
            new AssetReads(_assets, Place, paging),
            new AssetWrites(_assets, Place, _uploads, _jobs),
            _uploads,
            _jobApi
        );
        Server = new ArmServer(service, scope, Roles, Traffic, Faults, time);
        _hand = new AmlJobHand(Server, _jobs, _assets, time);
        var region = new RegionServer(
            Place,
            new MlflowApi(tracking, _assets, time, Server.Locked),
            new RunDetails(_jobs, _blobs, Access, Place, Server.Locked),
            Roles,
            RegionTraffic,
            Faults
        );
        var blobs = new BlobServer(
            new BlobUploads(_blobs, time),
            _blobs,
            Access,
            BlobTraffic,
            Traffic.Failures,
            Faults
        );
        var certificate = options.Authority.ServerCertificate;
        ResourceManager = new Listener(0, certificate, Server.HandleAsync);
        Region = new Listener(0, certificate, region.HandleAsync);
        Blobs = new Listener(0, certificate, blobs.HandleAsync);
    }

    public EntraDirectory Directory { get; }
    public AmlPlace Place { get; }
    public ArmServer Server { get; }
    public ArmAccess Roles { get; }
    public SharedAccess Access { get; }
    public ArmTraffic Traffic { get; }
    public ArmTraffic RegionTraffic { get; }
    public ArmTraffic BlobTraffic { get; }
    public Faults Faults { get; } = new();
    public Listener ResourceManager { get; }
    public Listener Region { get; }
    public Listener Blobs { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Directory.StartAsync(cancellationToken);
        foreach (var listener in Listeners())
            await listener.StartAsync(cancellationToken);
    }

    public void EachListener(Action<Listener> act)
    {
        foreach (var listener in Listeners())
            act(listener);
    }

    public void OnSubmitted(Action<AmlJob>? act) =>
        _jobApi.OnSubmitted = act is null ? null : job => act(new AmlJob(job, _hand));

    public IReadOnlyList<AmlJob> JobList() =>
        Server.Locked<IReadOnlyList<AmlJob>>(() => [.. _jobs.All.Select(job => new AmlJob(job, _hand))]);

    public IReadOnlyDictionary<string, byte[]> FilesOf(string code, string version) =>
        Server.Locked(() =>
        {
            var found =
                _assets.Find(AssetKind.Codes, code, version)
                ?? throw new ArgumentException($"there is no code '{code}:{version}'", nameof(code));
            var (container, prefix) = _uploads.Find(found.Text("codeUri")!)!.Value;
            return _blobs.Under(container, prefix).ToDictionary(f => f.Key, f => File.ReadAllBytes(f.Value));
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in Listeners())
            await listener.DisposeAsync();
        await Directory.DisposeAsync();
        _blobs.Dispose();
    }

    private Listener[] Listeners() => [ResourceManager, Region, Blobs];
}
