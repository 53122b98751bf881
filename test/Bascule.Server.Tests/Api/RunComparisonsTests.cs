using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Console;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Api;

public sealed class RunComparisonsTests
{
    private readonly FakeRunStore _runs = new();
    private readonly FakeRepositoryStore _repositories = new();
    private readonly OnePromoted _promoted = new();

    [Fact]
    public async Task SetARunBesideTheSuccessBeforeIt()
    {
        Add(ARun(), 0.5);
        var before = Add(ARun(minutes: 1), 0.4);
        Add(ARun(RunState.Failed, minutes: 2), 0.1);
        var run = Add(ARun(minutes: 3), 0.3);
        Add(ARun(minutes: 4), 0.2);

        var comparison = await CompareAsync(run);

        comparison.Base.ShouldBe(before);
        var metric = comparison.Metrics.ShouldHaveSingleItem();
        metric.Base.ShouldBe(0.4);
        metric.History.ShouldBe([0.5, 0.4]);
        metric.Verdict.ShouldBe(MetricVerdict.Better);
    }

    [Fact]
    public async Task SetAPullRequestBesideItsBaseBranch()
    {
        _repositories.Add(APullRequest("refs/heads/release"));
        var released = Add(ARun() with { Ref = RefName.Parse("refs/heads/release") }, 0.5);
        Add(ARun(minutes: 1), 0.4);
        Add(ARun(minutes: 2).OfPullRequest(118), 0.6);

        var comparison = await CompareAsync(Add(ARun(minutes: 3).OfPullRequest(118), 0.7));

        comparison.Base.ShouldBe(released);
        comparison.Metrics.ShouldHaveSingleItem().Verdict.ShouldBe(MetricVerdict.Worse);
    }

    /// <summary>Whatever came since, and whether that was better: it is asked whether the same comes out.</summary>
    [Fact]
    public async Task SetAReproductionBesideTheRunThatItDoesOver()
    {
        var original = Add(ARun(), 0.5);
        Add(ARun(minutes: 1), 0.4);
        var again = Add(ARun(minutes: 2) with { Reproduces = original.Id }, 0.5);

        var comparison = await CompareAsync(again);

        comparison.Base.ShouldBe(original);
        comparison.Metrics.ShouldHaveSingleItem().Verdict.ShouldBe(MetricVerdict.Same);
    }

    [Theory]
    [InlineData("another workflow")]
    [InlineData("another repository")]
    public async Task DoNotMixIn(string what)
    {
        var other =
            what == "another workflow"
                ? ARun() with
                {
                    Workflow = "other",
                }
                : ARun() with
                {
                    Repository = new RepositoryKey("forge2", 7),
                };
        Add(other, 0.4);

        var comparison = await CompareAsync(Add(ARun(minutes: 1), 0.3));

        comparison.Base.ShouldBeNull();
        comparison.Metrics.ShouldHaveSingleItem().Base.ShouldBeNull();
    }

    [Fact]
    public async Task HaveNoBaseForAPullRequestTheyDoNotKnow()
    {
        Add(ARun(), 0.4);

        (await CompareAsync(Add(ARun(minutes: 1).OfPullRequest(118), 0.3))).Base.ShouldBeNull();
    }

    /// <summary>Two steps down would otherwise pass as one.</summary>
    [Fact]
    public async Task DoNotMeasureByWhatFellShort()
    {
        var good = Add(ARun(), 0.4);
        Add(ARun(minutes: 1) with { Shortfall = "rmse is 0.6, worse than 0.4 before" }, 0.6);

        var comparison = await CompareAsync(Add(ARun(minutes: 2), 0.5));

        comparison.Base.ShouldBe(good);
        var metric = comparison.Metrics.ShouldHaveSingleItem();
        (metric.Base, metric.Verdict).ShouldBe((0.4, MetricVerdict.Worse));
        metric.History.ShouldBe([0.4, 0.6]);
    }

    [Theory]
    [InlineData(MetricGoal.Lower, 0.11, MetricVerdict.Worse)]
    [InlineData(MetricGoal.Lower, 0.09, MetricVerdict.Same)]
    [InlineData(MetricGoal.Lower, -0.09, MetricVerdict.Same)]
    [InlineData(MetricGoal.Lower, -0.11, MetricVerdict.Better)]
    [InlineData(MetricGoal.Higher, 0.11, MetricVerdict.Better)]
    [InlineData(MetricGoal.Higher, -0.11, MetricVerdict.Worse)]
    public void CallWhatIsWithinTheToleranceTheSame(MetricGoal goal, double change, MetricVerdict verdict) =>
        new ComparedMetric("rmse", 1 + change, 1, goal, []) { Tolerance = 0.1 }.Verdict.ShouldBe(verdict);

    [Fact]
    public async Task SetARunBesideWhatIsPromotedAsWell()
    {
        var inUse = Add(ARun() with { Ref = RefName.Parse("refs/heads/release") }, 0.2);
        _promoted.Version = new PromotedVersion("prod.churn", "7", "production", "ml-prod", inUse);
        Add(ARun(minutes: 1), 0.4);

        var comparison = await CompareAsync(Add(ARun(minutes: 2), 0.3));

        comparison.Promoted.ShouldBe(_promoted.Version);
        var metric = comparison.Metrics.ShouldHaveSingleItem();
        (metric.Base, metric.Verdict).ShouldBe((0.4, MetricVerdict.Better));
        (metric.Promoted, metric.PromotedVerdict).ShouldBe((0.2, MetricVerdict.Worse));
    }

    [Fact]
    public async Task DoNotSetWhatIsPromotedBesideItself()
    {
        var inUse = Add(ARun(), 0.2);
        _promoted.Version = new PromotedVersion("prod.churn", "7", "production", "ml-prod", inUse);

        var comparison = await CompareAsync(inUse);

        comparison.Promoted.ShouldBeNull();
        comparison.Metrics.ShouldHaveSingleItem().Promoted.ShouldBeNull();
    }

    [Theory]
    [InlineData("ml-prod", true)]
    [InlineData("ml-dev", false)]
    public async Task TellNobodyOfAPromotedRunThatTheyMayNotSee(string environment, bool isTold)
    {
        var inUse = Add(ARun() with { Environment = "ml-prod" }, 0.2);
        _promoted.Version = new PromotedVersion("prod.churn", "7", "production", "ml-prod", inUse);
        var run = Add(ARun(minutes: 1), 0.3);

        var comparison = await Comparisons.CompareAsync(
            run,
            [new RunReach(Repositories: null, [environment])],
            CancellationToken.None
        );

        (comparison.Promoted is not null).ShouldBe(isTold);
        comparison.Metrics.ShouldHaveSingleItem().Promoted.ShouldBe(isTold ? 0.2 : null);
    }

    private RunComparisons Comparisons => new(_runs, _repositories, new SampleGoals(), _promoted);

    private Run Add(Run run, double rmse)
    {
        _runs.SetMetrics(run.Id, new Metric("rmse", rmse));
        return _runs.Add(run);
    }

    private Task<RunComparison> CompareAsync(Run run) => Comparisons.CompareAsync(run, CancellationToken.None);

    private static PullRequest APullRequest(string @base) =>
        new()
        {
            Repository = Churn,
            Number = 118,
            Title = "Tune",
            Base = RefName.Parse(@base),
            HeadBranch = "tune",
            FromFork = false,
            State = PullRequestState.Open,
            UpdatedAt = Noon,
        };

    private sealed class OnePromoted : IPromotedVersions
    {
        public PromotedVersion? Version { get; set; }

        public Task<PromotedVersion?> FindAsync(Run run, CancellationToken cancellationToken) =>
            Task.FromResult(Version);
    }
}
