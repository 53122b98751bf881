using System.Net;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Server.Exchange;
using Bascule.Server.People;
using Bascule.Server.SignIn;

namespace Bascule.Server.Tests.Exchange;

public sealed class RevocationTests(ExchangeStage stage) : IClassFixture<ExchangeStage>
{
    [Fact]
    [Trait("Threat", "T91")]
    public async Task WhoHoldsATokenEndsItAtOnce()
    {
        var token = await GiveAsync();
        var pass = (await FindAsync(token)).Value;

        var answer = await stage.PostAsync("/oauth/revoke", [("token", token)]);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        (await FindAsync(token)).Problem.ShouldNotBeNull();
        (await stage.Get<IGitPasses>().IsGoodAsync(pass, default)).ShouldBeFalse();
        var entry = (await stage.EntriesAsync(AuditTypes.GitTokenRevoked))[^1];
        ((string)entry["links"]!["git_token"]!).ShouldBe(pass.Uid);
    }

    [Fact]
    public async Task TheAnswerIsTheSameForWhatIsNoToken()
    {
        (await stage.PostAsync("/oauth/revoke", [("token", GitToken.Make().Text.Reveal())])).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await stage.PostAsync("/oauth/revoke", [("token", "x")])).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnAdministratorEndsATokenByItsName()
    {
        var token = await GiveAsync();
        var uid = (await FindAsync(token)).Value.Uid;

        (await stage.Get<TokenReader>().ListAsync(default)).Tokens.ShouldContain(one => one.Uid == uid);
        (await stage.Get<TokenRevocation>().RevokeAsync(uid, "operator", default)).Problem.ShouldBeNull();

        (await FindAsync(token)).Problem.ShouldNotBeNull();
        (await stage.Get<TokenReader>().ListAsync(default)).Tokens.ShouldNotContain(one => one.Uid == uid);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARetiredWorkloadHoldsNothingAndGetsNothing()
    {
        var (person, session) = await stage.SignInAsync(SessionKind.CommandLine, "ml");
        var token = (await stage.ExchangeAsync(session.Text.Reveal())).Token;
        var pass = (await FindAsync(token)).Value;

        var retired = await stage.Get<Retirement>().RetireAsync(person.Uid, "operator", default);

        retired.Value.Confirmed.ShouldBeTrue();
        retired.Value.Ended.ShouldContain(ended => ended.What == "tokens for git" && ended.Left == 0);
        await SoonAsync(async () => !await stage.Get<IGitPasses>().IsGoodAsync(pass, default));
        (await stage.ExchangeAsync(session.Text.Reveal())).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T91")]
    public async Task WhoSignsOutHoldsNoTokenOfThatSessionAnyMore()
    {
        var (_, session) = await stage.SignInAsync(SessionKind.CommandLine, "ml");
        var (_, other) = await stage.SignInAsync(SessionKind.CommandLine, "ml");
        var pass = (await FindAsync((await stage.ExchangeAsync(session.Text.Reveal())).Token)).Value;
        var kept = (await FindAsync((await stage.ExchangeAsync(other.Text.Reveal())).Token)).Value;

        (await stage.Get<SignOuts>().EndAsync(session, default)).Problem.ShouldBeNull();

        await SoonAsync(async () => !await stage.Get<IGitPasses>().IsGoodAsync(pass, default));
        (await stage.Get<IGitPasses>().IsGoodAsync(kept, default)).ShouldBeTrue();
        var given = (await stage.EntriesAsync(AuditTypes.GitTokenGiven)).Single(entry =>
            (string)entry["links"]!["git_token"]! == pass.Uid
        );
        var ended = (await stage.EntriesAsync(AuditTypes.PersonSignedOut))[^1];
        ((string)given["links"]!["session"]!).ShouldBe((string)ended["links"]!["session"]!);
    }

    [Fact]
    public async Task AHolderLearnsOfTheirOwnTokenAlone()
    {
        var (mine, other) = (await GiveAsync(), await GiveAsync());

        var seen = await stage.PostAsync("/oauth/introspect", [("token", mine)], bearer: mine);
        ((bool)seen.Body!["active"]!).ShouldBeTrue();
        ((string)seen.Body["scope"]!).ShouldBe("git:fetch");
        var hidden = await stage.PostAsync("/oauth/introspect", [("token", other)], bearer: mine);
        hidden.Body!.ToJsonString().ShouldBe("""{"active":false}""");
    }

    [Fact]
    public async Task NobodyInParticularLearnsNothing()
    {
        var answer = await stage.PostAsync("/oauth/introspect", [("token", await GiveAsync())]);

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Error.ShouldBe("invalid_client");
    }

    [Fact]
    public async Task APersonWithoutTheActLearnsNothingOfOthers()
    {
        var (_, session) = await stage.SignInAsync(SessionKind.CommandLine, "staff");

        var answer = await stage.PostAsync(
            "/oauth/introspect",
            [("token", await GiveAsync())],
            bearer: session.Text.Reveal()
        );

        answer.Body!.ToJsonString().ShouldBe("""{"active":false}""");
    }

    [Fact]
    public async Task ATokenThatWasRevokedIsNotActive()
    {
        var token = await GiveAsync();
        await stage.PostAsync("/oauth/revoke", [("token", token)]);

        (await stage.PostAsync("/oauth/introspect", [("token", token)], bearer: token))
            .Body!.ToJsonString()
            .ShouldBe("""{"active":false}""");
    }

    private async Task<string> GiveAsync() => (await stage.ExchangeAsync(stage.Token())).Token;

    private Task<Result<GitPass>> FindAsync(string token) =>
        stage.Get<IGitPasses>().FindAsync(new Secret(token), default);

    private static async Task SoonAsync(Func<Task<bool>> isSo)
    {
        var end = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!await isSo())
        {
            DateTimeOffset.UtcNow.ShouldBeLessThan(end, "it did not happen within 30 seconds");
            await Task.Delay(20);
        }
    }
}
