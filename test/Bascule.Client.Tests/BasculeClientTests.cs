using System.Net;
using System.Net.Sockets;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Client.Tests;

public sealed class BasculeClientTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private LocalServer _server = null!;
    private BasculeClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _server.Repositories.Add(Churn, "ml", "churn");
        _client = new BasculeClient(_server.Local, _server.Token);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ReadsTheStatus() => (await _client.StatusAsync(None)).Value.Version.ShouldNotBeEmpty();

    [Fact]
    public async Task ListsRunsAsAsked()
    {
        _server.Runs.Add(ARun());
        var failed = _server.Runs.Add(ARun(RunState.Failed, minutes: 1).OfPullRequest(118));

        var query = new RunQuery("ml/churn", State: "failed", PullRequest: "118", Limit: "5");
        var runs = (await _client.ListRunsAsync(query, None)).Value.Runs;

        var run = runs.ShouldHaveSingleItem();
        run.Id.ShouldBe(failed.Id.Text);
        run.State.ShouldBe(RunState.Failed);
        run.CreatedAt.ShouldBe(failed.CreatedAt);
    }

    [Fact]
    public async Task ReadsARunWithItsMetrics()
    {
        var run = _server.Runs.Add(ARun());
        _server.Runs.SetMetrics(run.Id, new Metric("rmse", 0.25), new Metric("loss", double.PositiveInfinity));

        var detail = (await _client.GetRunAsync(run.Id.Text, None)).Value;

        detail.Run.Ref.ShouldBe("refs/heads/main");
        detail.Metrics.Select(metric => metric.Value).ShouldBe([0.25, double.PositiveInfinity]);
    }

    [Fact]
    public async Task HandsOnARefusalOfTheServer()
    {
        _server.Commands.Refusal = Problem.Limited("the budget of today is used up", TimeSpan.FromSeconds(90));

        var run = _server.Runs.Add(ARun(RunState.Failed));

        var problem = (await _client.RetryRunAsync(run.Id.Text, None)).Problem;

        problem.ShouldBe(_server.Commands.Refusal);
    }

    [Fact]
    public async Task CancelsAndRetries()
    {
        var run = _server.Runs.Add(ARun(RunState.Started));
        (await _client.CancelRunAsync(run.Id.Text, None)).Value.CancelRequested.ShouldBeTrue();

        _server.Runs.Replace(run with { State = RunState.Canceled });
        (await _client.RetryRunAsync(run.Id.Text, None)).Value.Ordinal.ShouldBe(1);
    }

    [Fact]
    public async Task WatchesARunUntilItIsFinal()
    {
        var run = _server.Runs.Add(ARun(RunState.Queued));
        var next = new Queue<RunState>([RunState.Started, RunState.Succeeded]);

        var seen = new List<RunState>();
        await foreach (var look in _client.WatchRunAsync(run.Id.Text, TimeSpan.FromMilliseconds(5), None))
        {
            seen.Add(look.Value.Run.State);
            if (next.TryDequeue(out var state))
                _server.Runs.Replace(run with { State = state });
        }

        seen.ShouldBe([RunState.Queued, RunState.Started, RunState.Succeeded]);
    }

    [Fact]
    public async Task StopsWatchingWhatIsNotThere()
    {
        var looks = new List<Result<RunDetail>>();
        await foreach (var look in _client.WatchRunAsync("zzzzzzzzzz", TimeSpan.FromMilliseconds(5), None))
            looks.Add(look);

        looks.ShouldHaveSingleItem().Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task GivesUpWatchingWhenNothingComesBack()
    {
        using var nobody = new BasculeClient(FreeAddress(), new Secret("x"));

        var looks = new List<Result<RunDetail>>();
        await foreach (var look in nobody.WatchRunAsync("zzzzzzzzzz", TimeSpan.FromMilliseconds(1), None))
            looks.Add(look);

        looks.ShouldHaveSingleItem().Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    public async Task NamesTheRemedyWhenNothingListens()
    {
        var address = FreeAddress();
        using var nobody = new BasculeClient(address, new Secret("x"));

        var problem = (await nobody.StatusAsync(None)).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Unavailable);
        problem.Message.ShouldBe($"no Bascule answers at {address}; start it with `bascule serve`");
    }

    [Fact]
    public async Task IsRefusedWithAnotherToken()
    {
        using var other = new BasculeClient(_server.Local, new Secret(new string('0', 64)));

        (await other.StatusAsync(None)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Fact]
    public async Task KeepsTheTokenOnThisMachine()
    {
        using var away = new BasculeClient(new Uri("http://bascule.example.com:8081"), _server.Token);

        (await away.StatusAsync(None)).Problem.ShouldNotBeNull().Message.ShouldContain("not this machine");
    }

    [Fact]
    public async Task KnowsAStrangerByItsAnswer()
    {
        using var stranger = new BasculeClient(_server.Public, _server.Token);

        var problem = (await stranger.StatusAsync(None)).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Invalid);
        problem.Message.ShouldContain("listen.local");
    }

    [Fact]
    public async Task ListsDeliveriesAndWhatWasSetAside()
    {
        (await _client.ListDeliveriesAsync(5, None)).Value.Deliveries.ShouldBeEmpty();
        (await _client.ListQuarantinedAsync(5, None)).Value.Quarantined.ShouldBeEmpty();
    }

    private static Uri FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }
}
