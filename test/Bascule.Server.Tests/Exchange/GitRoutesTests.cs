using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Exchange;

namespace Bascule.Server.Tests.Exchange;

/// <summary>Which of a person's addresses lead to the proxy: those of what Bascule serves, in every spelling, and no other.</summary>
public sealed class GitRoutesTests(ExchangeStage stage) : IClassFixture<ExchangeStage>
{
    [Fact]
    public void EverySpellingOfAServedOwnerLeadsToTheProxy()
    {
        var route = Routes(ssh: null, "ml/*").ShouldHaveSingleItem();

        var host = stage.Forge.Url.Host;
        route.Address.ShouldBe("https://bascule.example.com/git/git/ml/");
        route.InsteadOf.ShouldBe([
            $"https://{stage.Forge.Url.Authority}/ml/",
            $"http://{stage.Forge.Url.Authority}/ml/",
            $"git@{host}:ml/",
            $"git@{host}:/ml/",
            $"ssh://git@{host}/ml/",
            $"ssh://git@{host}:22/ml/",
        ]);
    }

    [Fact]
    public void AnAddressOfSshIsTakenAsTheOperatorWritesIt()
    {
        var spellings = Routes("gogs@ssh.example.com:2222", "**").ShouldHaveSingleItem().InsteadOf;

        spellings.ShouldContain("ssh://gogs@ssh.example.com:2222/");
        spellings.ShouldContain("gogs@ssh.example.com:");
        spellings.ShouldNotContain(spelling => spelling.StartsWith("git@"));
    }

    [Theory]
    [InlineData("**", "")]
    [InlineData("ml/churn", "ml/churn.git")]
    [InlineData("ml/**", "ml/")]
    [InlineData("ml/chur*", "ml/chur")]
    public void RepositoriesThatAreNotServedAreLeftAsTheyAre(string served, string beginning) =>
        Routes(ssh: null, served)
            .ShouldHaveSingleItem()
            .Address.ShouldBe($"https://bascule.example.com/git/git/{beginning}");

    [Fact]
    public void WhatIsPartOfAnotherIsNotNamedTwice() =>
        Routes(ssh: null, "ml/churn", "ml/*", "web/shop")
            .Select(route => route.Address)
            .ShouldBe(["https://bascule.example.com/git/git/ml/", "https://bascule.example.com/git/git/web/shop.git"]);

    [Fact]
    public void WithoutPoliciesNothingLeadsHere()
    {
        var settings = stage.Get<ServerSettings>();

        new GitRoutes(stage.Get<ForgeConnections>(), settings with { Exchange = ExchangeSettings.None })
            .List()
            .Forges.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("git@git.example.com", 22)]
    [InlineData("gogs@git.example.com:2222", 2222)]
    [InlineData("git.example.com", null)]
    [InlineData("git@git.example.com:0", null)]
    [InlineData("git@git.example.com:65536", null)]
    [InlineData("git@git.example.com:x", null)]
    [InlineData("git@-oProxyCommand=x", null)]
    [InlineData("a@b@c", null)]
    [InlineData("git@git.example.com/ml", null)]
    public void AnAddressOfSshHasAUserAndAHost(string text, int? port) => (SshAddress.Read(text)?.Port).ShouldBe(port);

    private IReadOnlyList<GitRoute> Routes(string? ssh, params string[] served)
    {
        var forge = new ConnectedForge("f-git", "git", stage.Forge, [.. served.Select(Glob.Parse)])
        {
            Ssh = ssh is null ? null : SshAddress.Read(ssh),
        };
        return new GitRoutes(new ForgeConnections([forge]), stage.Get<ServerSettings>()).List().Forges.Single().Routes;
    }
}
