using Bascule.Core;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class LoginTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task ExchangesTheRunsTokenInTheDocumentedForm()
    {
        await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        var call = Workspace.To("/oidc/v1/token").Single();
        call.Authorization.ShouldBeEmpty();
        Uri.UnescapeDataString(call.Body)
            .Split('&')
            .ShouldBe(
                [
                    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
                    $"subject_token={FixedIdentity.Canary}-1",
                    "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                    "scope=all-apis",
                    "client_id=0f3c2a1e-0000-0000-0000-000000000001",
                ],
                ignoreOrder: true
            );
        _fixture.Identity.Audiences.ShouldBe(["https://dbx.example"]);
    }

    [Fact]
    public async Task KeepsATokenForTheSameSubjectUntilShortlyBeforeItsEnd()
    {
        await _fixture.Platform.ObserveAsync(_fixture.Started, default);
        _fixture.Time.Advance(TimeSpan.FromMinutes(13.9));
        await _fixture.Platform.ObserveAsync(_fixture.Started, default);
        Workspace.To("/oidc/v1/token").Count().ShouldBe(1);

        _fixture.Time.Advance(TimeSpan.FromMinutes(0.2));
        await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        Workspace.To("/oidc/v1/token").Count().ShouldBe(2);
    }

    [Fact]
    public async Task AJobOfADayIsObservedAndCanceledWithTokensThatAreNeverOld()
    {
        for (var minutes = 0; minutes <= 24 * 60; minutes += 10)
        {
            (await _fixture.Platform.ObserveAsync(_fixture.Started, default)).Problem.ShouldBeNull();
            _fixture.Time.Advance(TimeSpan.FromMinutes(10));
        }
        await _fixture.Platform.CancelAsync(_fixture.Started, default);

        // One lives for 15 minutes: two observations share one, and no call has an older one.
        var observed = Workspace.To("/runs/get").Select(call => call.Authorization).ToList();
        observed.Chunk(2).ShouldAllBe(pair => pair.Distinct().Count() == 1);
        observed.Distinct().Count().ShouldBe((observed.Count + 1) / 2);
        Workspace.To("/runs/cancel").Single().Authorization.ShouldNotBe(observed[0]);
    }

    [Fact]
    public async Task GivesOneSubjectsTokenToNoOther()
    {
        await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        await _fixture.Platform.ObserveAsync(
            _fixture.Started with
            {
                Identity = new FixedIdentity("env:other"),
            },
            default
        );

        Workspace.To("/runs/get").Select(call => call.Authorization).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task ExchangesOnceForManyCallsAtOnce()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => _fixture.Platform.ObserveAsync(_fixture.Started, default))
        );

        Workspace.To("/oidc/v1/token").Count().ShouldBe(1);
    }

    [Fact]
    public async Task ExplainsARefusedFederationWithTheCommandThatMendsIt()
    {
        Workspace.Instead = call =>
            call.Path == "/oidc/v1/token"
                ? FakeWorkspace.Json(
                    """{"error":"invalid_grant","error_description":"no policy matches"}""",
                    System.Net.HttpStatusCode.BadRequest
                )
                : null;

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Problem!.Code.ShouldBe(ProblemCode.Denied);
        seen.Problem.Message.ShouldContain("invalid_grant: no policy matches");
        seen.Problem.Message.ShouldContain(
            "issuer 'https://bascule.example', subject 'env:abc123' and audience 'https://dbx.example'"
        );
        seen.Problem.Message.ShouldContain(
            """databricks account service-principal-federation-policy create <SERVICE_PRINCIPAL_ID> --json '{"oidc_policy":{"audiences":["https://dbx.example"],"issuer":"https://bascule.example","subject":"env:abc123"}}'"""
        );
    }

    [Fact]
    public async Task PassesOnThatNoKeyMaySignYet()
    {
        _fixture.Identity.Failing = Problem.Unavailable("no signing key has been seen at the public address");

        var seen = await _fixture.Platform.ObserveAsync(_fixture.Started, default);

        seen.Problem.ShouldBe(_fixture.Identity.Failing);
        Workspace.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task SaysWhoWeAre()
    {
        Workspace.Instead = call =>
            call.Path == "/api/2.0/preview/scim/v2/Me"
                ? FakeWorkspace.Json("""{"userName":"0f3c2a1e","displayName":"bascule","active":true}""")
                : null;

        var who = await _fixture.Platform.IdentifyAsync(_fixture.Identity, default);

        who.Value.ShouldBe("bascule (0f3c2a1e) in https://dbx.example");
    }

    [Fact]
    public void PrintsTheCommandsForAnAdministrator()
    {
        var setup = _fixture.Platform.FederationSetup("https://bascule.example", "env:abc", "ml-prod");

        setup.ShouldContain("environment 'ml-prod'");
        setup.ShouldContain(
            """'{"oidc_policy":{"audiences":["https://dbx.example"],"issuer":"https://bascule.example","subject":"env:abc"}}'"""
        );
        setup.ShouldContain("0f3c2a1e-0000-0000-0000-000000000001");
    }

    [Fact]
    public void LetsNoSubjectOutOfItsQuotes()
    {
        var setup = _fixture.Platform.FederationSetup("https://bascule.example", "env:a'; rm -rf /; '", "ml-prod");

        setup.ShouldContain("""env:a'\''; rm -rf /; '\''""");
    }
}
