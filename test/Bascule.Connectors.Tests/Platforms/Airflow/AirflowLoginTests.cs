using System.Text;
using Bascule.Connectors.Platforms.Airflow;
using Bascule.Core;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>How Bascule gets in, what it says when it does not, and what it never says.</summary>
public sealed class AirflowLoginTests
{
    [Fact]
    public async Task ASignedTokenIsTakenAndNothingIsKept()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three, isTrusting: true);

        (await stage.Client.IdentifyAsync(stage.Session, default)).Value.ShouldBe("Airflow 3.2.1");

        stage.Identity.Signed.Count.ShouldBe(1);
        stage.Asked("POST").ShouldBeEmpty();
    }

    [Fact]
    public async Task ASubjectsTokenIsNeverShownForAnother()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three, isTrusting: true);
        using var stranger = new SigningIdentity("https://bascule.example", "stranger");
        await stage.Client.IdentifyAsync(stage.Session, default);

        var other = await stage.Client.IdentifyAsync(new AirflowSession(stranger, stage.Audit), default);

        other.Problem.ShouldNotBeNull();
        stranger.Signed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ATokenThatIsNotTakenIsExplained()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three, isTrusting: true);
        var client = stage.Connect(new AirflowAccount.Signed("another-audience"));

        var problem = (await client.IdentifyAsync(stage.Session, default)).Problem!;

        problem.Code.ShouldBe(ProblemCode.Unauthenticated);
        problem.Message.ShouldContain("trusted_jwks_url");
        problem.Message.ShouldNotContain(stage.Identity.Signed.Last());
    }

    [Fact]
    public async Task APasswordIsChangedIntoATokenOnceAndAgainWhenItHasEnded()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Three);
        await stage.PublishAsync();

        await stage.StartRunAsync("one");
        await stage.StartRunAsync("two");
        stage.Asked("POST").Count(path => path == "/auth/token").ShouldBe(1);
        stage.Simulator.EndTokens();

        (await stage.StartRunAsync("three")).Problem.ShouldBeNull();
        stage.Asked("POST").Count(path => path == "/auth/token").ShouldBe(2);
        stage.Audit.Operations.Count(operation => operation == "airflow.token.ask").ShouldBe(2);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task AWrongPasswordIsARefusalThatDoesNotRepeatIt(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        var client = stage.Connect(new AirflowAccount.Password("bridge", new Secret("canary-wrong")));

        var problem = (await client.IdentifyAsync(stage.Session, default)).Problem!;

        problem.Code.ShouldBe(ProblemCode.Unauthenticated);
        problem.Message.ShouldNotContain("canary");
        stage.Simulator.Exchanges.Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task AServerThatRepeatsTheCredentialDoesNotGetItIntoMessages()
    {
        await using var stage = await AirflowStage.StartAsync(AirflowGeneration.Two);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"bridge:{AirflowStage.Password}"));
        stage.Simulator.Inject(Fault.Answer("GET", "/importErrors$", 400, $$"""{"detail":"you said {{pair}}"}"""));

        var problem = (await stage.Client.IdentifyAsync(stage.Session, default)).Problem!;

        problem.Message.ShouldContain("you said ***");
        problem.Message.ShouldNotContain(pair);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    [Trait("Threat", "T143")]
    public async Task AnswersThatAreNoAnswersAreRefusals(AirflowGeneration generation)
    {
        await using var stage = await AirflowStage.StartAsync(generation);
        await stage.PublishAsync();
        (Fault Fault, ProblemCode Code)[] cases =
        [
            (Fault.Html("GET", "/dagRuns/", 200), ProblemCode.Unavailable),
            (Fault.Html("GET", "/dagRuns/"), ProblemCode.Unavailable),
            (Fault.Redirect("GET", "/dagRuns/", "https://elsewhere.example/"), ProblemCode.Invalid),
            (Fault.EndlessBody("GET", "/dagRuns/"), ProblemCode.Invalid),
            (Fault.Answer("GET", "/dagRuns/", 200, "[]"), ProblemCode.Invalid),
            (Fault.TooMany("GET", "/dagRuns/", "7"), ProblemCode.Limited),
        ];
        foreach (var (fault, code) in cases)
        {
            stage.Simulator.Inject(fault);
            (await stage.ReadRunAsync()).Problem!.Code.ShouldBe(code, fault.ToString());
        }
    }
}
