using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>Pushes by the front door, with a token.</summary>
public sealed class PushRouteTests(GitStage stage) : IClassFixture<GitStage>
{
    [Fact]
    public async Task ATokenForPushingPushes()
    {
        var user = await CloneAsync(GitVerb.Fetch, GitVerb.Push);

        var (code, _, said) = await user.TryAsync("push", "origin", "HEAD:refs/heads/by-token");

        code.ShouldBe(0, said);
        (await stage.Churn.Developer.GitAsync("ls-remote", "origin", "refs/heads/by-token")).ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task ATokenForFetchingDoesNot()
    {
        var user = await CloneAsync(GitVerb.Fetch);

        await user.FailAsync("push", "origin", "HEAD:refs/heads/by-fetcher");

        (await stage.Churn.Developer.GitAsync("ls-remote", "origin", "refs/heads/by-fetcher")).ShouldBeEmpty();
    }

    private async Task<GitUser> CloneAsync(params GitVerb[] verbs)
    {
        var user = stage.User(stage.WorkloadToken(verbs));
        await user.GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        return user;
    }
}
