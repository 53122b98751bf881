using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Lineage;

public sealed class TracerTests : IAsyncLifetime
{
    private static readonly LineageReader Everything = new(Within: null, SeesNames: true);
    private LocalServer _server = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _run = SampleLineage.Fill(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("model")]
    [InlineData("run")]
    [InlineData("commit")]
    public async Task EveryQuestionLeadsToTheWholeStory(string kind)
    {
        var graph = (await TraceAsync(QuestionOf(kind))).Value;

        Sentences(graph)
            .ShouldBe(
                [
                    "person Ana Ruiz pushed commit 9f3ac710",
                    "pull request #118 brought commit 9f3ac710",
                    "delivery d-abc told of commit 9f3ac710",
                    "commit 9f3ac710 ran as run churn",
                    "person Ines Weber gave approval a-207",
                    "approval a-207 allowed run churn",
                    "run churn ran in environment ml-prod",
                    "run churn started platform run 884211903",
                    $"platform run 884211903 registered model version {SampleLineage.Model}",
                ],
                ignoreOrder: true
            );
        graph.Find(graph.Asked.Single()).Noun.ShouldEndWith(kind == "model" ? "version" : kind);
    }

    [Fact]
    public async Task EachNodeSaysHowFarItCanBeReliedOn()
    {
        var graph = (await TraceAsync(_run.Id.Text)).Value;

        Assurance(graph, "commit").ShouldBe(LineageAssurance.Proven, "it was pushed through Bascule");
        Assurance(graph, "person").ShouldBe(LineageAssurance.Proven);
        Assurance(graph, "run").ShouldBe(LineageAssurance.Proven);
        Assurance(graph, "delivery").ShouldBe(LineageAssurance.Asserted);
        Assurance(graph, "model version").ShouldBe(LineageAssurance.Asserted, "the platform says so");
        graph.Nodes.ShouldAllBe(node => node.KnownFrom.Length > 0);
    }

    [Fact]
    public async Task APusherWhomOnlyTheForgeNamesIsAsserted()
    {
        _server.Lineage.Pushes.Clear();

        var graph = (await TraceAsync(_run.Id.Text)).Value;

        Assurance(graph, "commit").ShouldBe(LineageAssurance.Asserted);
        graph.Nodes.First(node => node.Id == "person:p-ana").Assurance.ShouldBe(LineageAssurance.Asserted);
    }

    [Fact]
    public async Task WhoMayNotSeePeopleSeesLoginsAtTheForgeAndPseudonyms()
    {
        var graph = (await TraceAsync(_run.Id.Text, Everything with { SeesNames = false })).Value;

        var people = graph.Nodes.Where(node => node.Kind == LineageKind.Person).ToList();
        people.Select(person => person.Title).ShouldBe(["ana", "p-ines"], ignoreOrder: true);
        people.ShouldAllBe(person => !(person.Title + person.Detail).Contains("Ines", StringComparison.Ordinal));
        (await TraceAsync(_run.Id.Text))
            .Value.Nodes.First(node => node.Id == "person:p-ines")
            .Detail.ShouldContain("p-ines");
    }

    [Fact]
    public async Task AnApprovalForSomethingElseIsLeftOut()
    {
        _server.Runs.Replace(_run with { Content = new Core.Content.ContentId(new string('6', 64)) });

        (await TraceAsync(_run.Id.Text)).Value.Nodes.ShouldNotContain(node => node.Kind == LineageKind.Approval);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task AnObservedRunIsMarkedAndMakesNothingProven()
    {
        var observed = SampleLineage.AnObserved(_run.Commit);
        _server.Lineage.Pushes.Clear();
        _server.Lineage.Observed.Add(observed);

        var graph = (await TraceAsync("main.churn.experiment@3")).Value;

        graph.Nodes.ShouldAllBe(node => node.Assurance != LineageAssurance.Proven);
        Assurance(graph, "observed run").ShouldBe(LineageAssurance.Observed);
        Assurance(graph, "model version").ShouldBe(LineageAssurance.Observed);
        graph.Nodes.ShouldNotContain(node => node.Kind == LineageKind.Run);
    }

    [Theory]
    [InlineData("mlflow.source.git.commit", "tag mlflow.source.git.commit of the run")]
    [InlineData("job:git_commit", "tag git_commit of the run's job")]
    [InlineData("parameter:commit", "parameter commit of the run")]
    [InlineData("git_source:used_commit", "used_commit of the run's Git source")]
    public async Task AnObservedRunSaysWhatNamedItsCommit(string source, string words)
    {
        var observed = SampleLineage.AnObserved(_run.Commit, "job:31") with { Tag = source, Models = [] };
        _server.Lineage.Observed.Add(observed);

        var graph = (await TraceAsync(_run.Commit.ToString())).Value;

        var node = graph.Nodes.Single(node => node.Noun == "observed run");
        node.KnownFrom.ShouldBe($"{words} on platform dbx");
        node.Assurance.ShouldBe(LineageAssurance.Observed);
    }

    [Theory]
    [InlineData("job:")]
    [InlineData("")]
    [Trait("Threat", "T134")]
    public async Task ARunThatTurnsOutToBeBasculesOwnIsNotObservedAsWell(string start)
    {
        var observed = SampleLineage.AnObserved(_run.Commit, start + _run.PlatformRunId) with { Models = [] };
        _server.Lineage.Observed.Add(observed);
        _server.Lineage.Observed.Add(observed with { Environment = "ml-dev" });

        var graph = (await TraceAsync(_run.Commit.ToString())).Value;

        graph
            .Nodes.Where(node => node.Noun == "observed run")
            .Select(node => node.Id)
            .ShouldBe([$"observed:ml-dev:{start}{_run.PlatformRunId}"]);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("commit")]
    [Trait("Threat", "T134")]
    public async Task AnObservedRunThatClaimsBasculesOwnModelIsNotItsMaker(string kind)
    {
        var own = new ModelVersion(SampleLineage.Model, "7", null);
        _server.Lineage.Observed.Add(SampleLineage.AnObserved(_run.Commit) with { Models = [own] });

        var graph = (await TraceAsync(QuestionOf(kind))).Value;

        var model = graph.Nodes.Single(node => node.Kind == LineageKind.Product);
        model.Assurance.ShouldBe(LineageAssurance.Asserted);
        graph.Into(model.Id).Select(edge => edge.From).ShouldBe(["platform:ml-prod:884211903"]);
    }

    [Fact]
    public async Task OfACommitWithManyRunsTheNewestAreShownAndTheOthersCounted()
    {
        for (var i = 0; i < 40; i++)
            _server.Runs.Add(ARun(minutes: i + 1) with { Commit = _run.Commit });

        var graph = (await TraceAsync(_run.Commit.ToString())).Value;

        graph.Nodes.Count(node => node.Kind == LineageKind.Run).ShouldBe(LineageTracer.DefaultLimit);
        graph.Omitted.ShouldBe([new LineageOmission($"older runs of commit {_run.Commit.Short}", 16)]);
    }

    [Fact]
    public async Task AnAmbiguousBeginningIsAnsweredWithTheCandidates()
    {
        var other = _server.Runs.Add(ARun(minutes: 1));

        var refused = (await TraceAsync("9f3ac71")).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Invalid);
        refused.Message.ShouldContain($"commit:{_run.Commit}");
        refused.Message.ShouldContain($"commit:{other.Commit}");
        (await TraceAsync($"commit:{other.Commit}")).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task ATextThatIsARunAndACommitIsAnsweredWithBoth()
    {
        var run = _server.Runs.Add(ARun(minutes: 1) with { Id = new RunId(_run.Commit.ToString()[..10]) });

        var refused = (await TraceAsync(run.Id.Text)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain($"run:{run.Id}");
        refused.Message.ShouldContain($"commit:{_run.Commit}");
        (await TraceAsync($"run:{run.Id}")).Value.Asked.ShouldBe([$"run:{run.Id}"]);
    }

    [Fact]
    public async Task TheEndOfAModelsNameWillDoUnlessItIsAnothersAsWell()
    {
        var end = SampleLineage.Model["main.".Length..];
        (await TraceAsync($"{end}@7")).Problem.ShouldBeNull();
        var dev = _server.Runs.Add(ARun(minutes: 1));
        _server.Runs.SetModels(dev.Id, new ModelVersion($"dev.{end}", "7", null));

        var refused = (await TraceAsync($"{end}@7")).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain($"main.{end}@7");
        refused.Message.ShouldContain($"dev.{end}@7");
        (await TraceAsync($"dev.{end}@7")).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task AModelWithoutAVersionIsAnsweredWithItsVersions()
    {
        var refused = (await TraceAsync(SampleLineage.Model)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Invalid);
        refused.Message.ShouldContain($"{SampleLineage.Model}@7");
    }

    [Theory]
    [InlineData("abcdef0")]
    [InlineData("zzzzzzzzzz")]
    [InlineData("main.nothing@1")]
    public async Task WhatNothingIsKnownOfIsNotFoundWithARemedy(string text)
    {
        var missing = (await TraceAsync(text)).Problem.ShouldNotBeNull();

        missing.Code.ShouldBe(ProblemCode.NotFound);
        missing.Message.ShouldContain("`bascule ");
    }

    [Theory]
    [InlineData("model")]
    [InlineData("run")]
    [InlineData("commit")]
    [Trait("Threat", "T59")]
    public async Task WhatIsOutOfSightIsAnsweredAsIfItWereNotThere(string kind)
    {
        var reader = new LineageReader([new RunReach([new RepositoryKey("forge1", 8)], null)], SeesNames: true);

        var hidden = (await TraceAsync(QuestionOf(kind), reader)).Problem.ShouldNotBeNull();

        hidden.Code.ShouldBe(ProblemCode.NotFound);
        hidden.Message.ShouldStartWith("nothing is known of");
    }

    [Fact]
    public async Task WhatRunsWhereIsTheNewestSuccessWithItsStory()
    {
        _server.Runs.Add(ARun(RunState.Failed, 5));
        var tracer = new LineageTracer(_server.Lineage, _server.Runs);

        var (runs, graph) = await tracer.TraceDeployedAsync(Everything, default);

        runs.ShouldHaveSingleItem().Id.ShouldBe(_run.Id);
        graph.Nodes.ShouldContain(node => node.Kind == LineageKind.Approval);
    }

    private string QuestionOf(string kind) =>
        kind switch
        {
            "model" => $"{SampleLineage.Model}@7",
            "run" => _run.Id.Text,
            _ => _run.Commit.ToString(),
        };

    private Task<Result<LineageGraph>> TraceAsync(string text, LineageReader? reader = null) =>
        new LineageTracer(_server.Lineage, _server.Runs).TraceAsync(
            text,
            reader ?? Everything,
            LineageTracer.DefaultLimit,
            default
        );

    private static LineageAssurance Assurance(LineageGraph graph, string noun) =>
        graph.Nodes.First(node => node.Noun == noun).Assurance;

    private static IEnumerable<string> Sentences(LineageGraph graph) =>
        graph.Edges.Select(edge => $"{Name(graph.Find(edge.From))} {edge.Word} {Name(graph.Find(edge.To))}");

    private static string Name(LineageNode node) => $"{node.Noun} {node.Title}";
}
