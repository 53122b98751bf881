using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using static Bascule.Server.Tests.Exchange.ExchangeStage;

namespace Bascule.Server.Tests.Exchange;

public sealed class TokenExchangeTests(ExchangeStage stage) : IClassFixture<ExchangeStage>
{
    [Fact]
    public async Task AWorkloadsTokenIsExchangedForOneOfOurs()
    {
        var answer = await stage.ExchangeAsync(stage.Token());

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Token.ShouldStartWith(GitToken.Prefix);
        ((string)answer.Body!["issued_token_type"]!).ShouldBe("urn:ietf:params:oauth:token-type:access_token");
        ((string)answer.Body["token_type"]!).ShouldBe("Bearer");
        ((string)answer.Body["scope"]!).ShouldBe("git:fetch");
        ((long)answer.Body["expires_in"]!).ShouldBeInRange(800, 900);
        var pass = (await PassesFindAsync(answer.Token)).Value;
        pass.Repository.ShouldBe(new RepositoryKey("f-git", 7));
        pass.Refs.ToString().ShouldBe("refs/heads/main");
        pass.Holder.Type.ShouldBe(ActorType.Workload);
        pass.Holder.Uid.ShouldStartWith("w-");
    }

    [Fact]
    public async Task TheEntryNamesTheSamePseudonymEachTime()
    {
        var first = await stage.ExchangeAsync(stage.Token());
        var second = await stage.ExchangeAsync(stage.Token());

        var (one, other) = ((await PassesFindAsync(first.Token)).Value, (await PassesFindAsync(second.Token)).Value);
        other.Holder.Uid.ShouldBe(one.Holder.Uid);
        var entry = (await stage.EntriesAsync(AuditTypes.GitTokenGiven))[^1];
        ((string)entry["actor"]!).ShouldBe($"workload:{one.Holder.Uid}");
        ((string)entry["links"]!["git_token"]!).ShouldBe(other.Uid);
        entry.ToJsonString().ShouldNotContain(second.Token);
        entry.ToJsonString().ShouldNotContain("train");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task APersonsSessionIsExchangedAndEndsTheTokenWithIt()
    {
        var (person, session) = await stage.SignInAsync(SessionKind.CommandLine, "ml");

        var answer = await stage.ExchangeAsync(session.Text.Reveal(), scope: "git:push git:fetch");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        ((long)answer.Body!["expires_in"]!).ShouldBeLessThanOrEqualTo(300);
        (await PassesFindAsync(answer.Token)).Value.Holder.Uid.ShouldBe(person.Uid);
    }

    [Fact]
    [Trait("Threat", "T38")]
    public async Task APersonWithoutTheGroupGetsNothing()
    {
        var (_, session) = await stage.SignInAsync(SessionKind.CommandLine, "web");

        (await stage.ExchangeAsync(session.Text.Reveal())).Error.ShouldBe("invalid_target");
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task NoTokenOfAnotherKindIsTaken()
    {
        var (_, cookie) = await stage.SignInAsync(SessionKind.Browser, "ml");
        var git = (await stage.ExchangeAsync(stage.Token())).Token;

        (await stage.ExchangeAsync(cookie.Text.Reveal())).Error.ShouldBe("invalid_request");
        (await stage.ExchangeAsync(git)).Error.ShouldBe("invalid_request");
        (await PassesFindAsync(cookie.Text.Reveal())).Problem.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("https://bascule.example.com/git/git/web/site.git")]
    [InlineData("https://bascule.example.com/git/git/ml/none.git")]
    [InlineData("https://bascule.example.com/git/hub/ml/churn.git")]
    public async Task WhatNoPolicyGivesIsAnsweredAsWhatIsNotThere(string resource)
    {
        var answer = await stage.ExchangeAsync(stage.Token(), resource);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer
            .Body!.ToJsonString()
            .ShouldBe("""{"error":"invalid_target","error_description":"no trust policy gives this"}""");
    }

    [Fact]
    public async Task AVerbThatThePolicyDoesNotGiveIsRefused()
    {
        (await stage.ExchangeAsync(stage.Token(), scope: "git:push")).Error.ShouldBe("invalid_target");
        (await stage.ExchangeAsync(stage.Token(), scope: "git:fetch git:push")).Error.ShouldBe("invalid_target");
        (await stage.ExchangeAsync(stage.Token(), scope: "git:admin")).Error.ShouldBe("invalid_scope");
    }

    [Fact]
    [Trait("Threat", "T47")]
    public async Task AnIssuerThatIsNotListedIsNeverAsked()
    {
        await using var stranger = await Bascule.Testing.Identity.PliableIssuer.StartAsync(1);

        (await stage.ExchangeAsync(stranger.IdToken(Audience))).Error.ShouldBe("invalid_request");

        stranger.Paths.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T25")]
    public async Task ATokenForSomebodyElseIsRefused()
    {
        (await stage.ExchangeAsync(stage.Token(claims => claims["aud"] = "https://other.example.com"))).Error.ShouldBe(
            "invalid_request"
        );
        (
            await stage.ExchangeAsync(
                stage.Token(claims => claims["aud"] = new JsonArray(Audience, "https://other.example.com"))
            )
        ).Error.ShouldBe("invalid_request");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task OfManyUsesAtOnceOneSucceeds()
    {
        var token = stage.Token(subject: "once");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => stage.ExchangeAsync(token)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers
            .Where(answer => answer.Status != HttpStatusCode.OK)
            .ShouldAllBe(answer => answer.Error == "invalid_request");
    }

    [Fact]
    public async Task SomebodyWhomNoPolicyKnowsCostsTheForgeNothing()
    {
        var before = stage.Forge.Lookups;

        (await stage.ExchangeAsync(stage.Token(subject: "stranger"))).Error.ShouldBe("invalid_target");

        stage.Forge.Lookups.ShouldBe(before);
        var entry = (await stage.EntriesAsync(AuditTypes.GitTokenRefused))[^1];
        ((string)entry["actor"]!).ShouldStartWith("source:");
        entry.ToJsonString().ShouldNotContain("stranger");
    }

    [Theory]
    [InlineData("grant_type", "authorization_code", "unsupported_grant_type")]
    [InlineData("grant_type", "", "invalid_request")]
    [InlineData("subject_token", "", "invalid_request")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:saml2", "invalid_request")]
    [InlineData("resource", "", "invalid_target")]
    [InlineData("resource", "https://evil.example.com/git/git/ml/churn.git", "invalid_target")]
    [InlineData("resource", "https://bascule.example.com/git/git/ml/../churn.git", "invalid_target")]
    [InlineData("resource", "https://bascule.example.com/git/git/ml%2fchurn/x.git", "invalid_target")]
    public async Task ARequestThatIsNotUnderstoodIsRefused(string name, string value, string error)
    {
        var form = Form(stage.Token()).Select(field => field.Name == name ? (name, value) : field);

        (await stage.PostAsync("/oauth/token", form)).Error.ShouldBe(error);
    }

    [Theory]
    [InlineData("grant_type", Grant)]
    [InlineData("scope", "git:push")]
    public async Task AParameterStandsThereOnce(string name, string value)
    {
        var form = Form(stage.Token(), scope: "git:fetch").Append((name, value));

        (await stage.PostAsync("/oauth/token", form)).Error.ShouldBe("invalid_request");
    }

    [Fact]
    public async Task NothingIsTakenFromTheAddress() =>
        (await stage.PostAsync("/oauth/token?scope=git:push", Form(stage.Token()))).Error.ShouldBe("invalid_request");

    [Fact]
    public async Task ALargeBodyIsNotRead() =>
        (await stage.PostAsync("/oauth/token", Form(new string('a', 40_000)))).Error.ShouldBe("invalid_request");

    [Fact]
    public async Task ASilentForgeIsNobodysFault()
    {
        stage.Forge.LookupFailing = Problem.Unavailable("it sleeps");
        try
        {
            var answer = await stage.ExchangeAsync(
                stage.Token(),
                "https://bascule.example.com/git/git/ml/not-asked-before.git"
            );
            answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }
        finally
        {
            stage.Forge.LookupFailing = null;
        }
    }

    private Task<Result<GitPass>> PassesFindAsync(string token) =>
        stage.Get<IGitPasses>().FindAsync(new Secret(token), default);
}
