using Bascule.Connectors.Platforms.ApiManagement;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

/// <summary>The strict simulator of a service behind Azure Resource Manager and Entra. No live service was ever available.</summary>
public sealed class ApimConformanceStage : PlatformStage, IDeploys
{
    private const int Resources = 5;
    private const int TooManyAttempts = 10;
    private readonly SigningIdentity _stranger = new("https://bascule.example.com", "env:stranger");
    private ApimStage _stage = null!;
    private ApimDeployment _connections = null!;
    private int _made;

    public override string Kind => ApimDefaults.Kind;

    public override IRunIdentity Identity => _stage.Session.Identity;

    public override IRunIdentity Stranger => _stranger;

    public override PlatformEnvironment Environment { get; } = new ApimEnvironment();

    public override string Target => _stage.Simulator.ServiceName;

    /// <summary>Each change of an API ends with a release of its new revision.</summary>
    public override int Effects =>
        _stage.Simulator.State.Keys.Count(path => path.Contains("/releases/", StringComparison.Ordinal));

    public override int Calls => _stage.Simulator.Exchanges.Count;

    public override IEnumerable<string> Secrets =>
        [.. ((SigningIdentity)Identity).Signed, .. _stranger.Signed, .. _stage.Simulator.Directory.Issued];

    public string UnfitFile => "policy.xml";

    public override StagedCode NewWork() =>
        new(ManyApis.Tree(Resources, $"https://v{++_made}.example.com"), new ApimTask());

    /// <summary>Its second write is not answered for so long that the look at it gives up.</summary>
    public override StagedCode NewEndless()
    {
        for (var ordinal = 2; ordinal < 2 + TooManyAttempts; ordinal++)
            _stage.Simulator.FailWrite(ordinal, WriteFailure.Unavailable);
        return NewWork();
    }

    public StagedCode NewUnfit() =>
        new(
            ManyApis.Tree(Resources).Add(UnfitFile, "<!DOCTYPE policies SYSTEM \"file:///etc/passwd\"><policies />"),
            new ApimTask()
        );

    public override IPlatform Connect() => _connections.Connect();

    public override Func<bool> LoseNextAnswer()
    {
        _stage.Simulator.ClearFaults();
        var before = _stage.Simulator.WriteCount;
        _stage.Simulator.FailWrite(1, WriteFailure.LostAfter);
        return () => _stage.Simulator.WriteCount > before;
    }

    public override async Task InitializeAsync()
    {
        _stage = await ApimStage.StartAsync();
        _connections = new ApimDeployment(_stage);
        var first = NewRun(NewWork());
        (await first.StartAsync(Connect())).Problem.ShouldBeNull();
        (await first.WatchToEndAsync(Connect())).State.ShouldBe(PlatformRunState.Succeeded);
    }

    public override async Task DisposeAsync()
    {
        await _connections.DisposeAsync();
        _stranger.Dispose();
        await _stage.DisposeAsync();
    }
}
