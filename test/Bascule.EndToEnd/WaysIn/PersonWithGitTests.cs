using System.Text.Json.Nodes;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.Connections;
using Bascule.Testing.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>
/// A data scientist at their own machine: signs in once by device flow, and uses git as before, with the remotes they always had. Real git, the real executable, a
/// provider that is not ours; the forge is simulated.
/// </summary>
public sealed class PersonWithGitTests(WaysInStage stage) : IClassFixture<WaysInStage>, IDisposable
{
    // The last line without its end, a helper that would keep every password, and a rewriting of their own.
    private const string OwnSettings =
        "[user]\n\tname = Dana\n\temail = dana@example.com ; work\n[credential]\n\thelper = store\n[url \"https://elsewhere.example.com/\"]\n\tinsteadOf = elsewhere:";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [NodeFact]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T82")]
    [Trait("Threat", "T91")]
    public async Task FromSigningInToSigningOutWithTheRemotesTheyAlwaysHad()
    {
        await File.WriteAllTextAsync(_machine.GitConfig, OwnSettings);
        await SetUpAsync();
        await stage.LinkAsync();

        (await _machine.GitAsync("clone", "--quiet", $"git@127.0.0.1:{stage.Churn.FullName}.git", "churn")).Good();
        (await InAsync("ls-remote", "--get-url", "origin")).Good().ShouldBe(stage.Address);
        var pushed = await PushAsync();
        (await PushesOfAsync(pushed)).ShouldHaveSingleItem().ActorUid.ShouldStartWith("p-");

        await RevokeAllAsync();
        (await InAsync("fetch")).Code.ShouldNotBe(0);
        (await InAsync("fetch")).Good();
        File.Exists(Path.Combine(_machine.Home, ".git-credentials")).ShouldBeFalse();

        var kept = await File.ReadAllTextAsync(_machine.Sessions);
        (await _machine.BasculeAsync("logout", "--server", stage.Server)).Good();
        var asked = await InAsync("fetch");
        asked.Code.ShouldNotBe(0);
        asked.Errors.ShouldContain($"bascule login --server {stage.Server}");
        await File.WriteAllTextAsync(_machine.Sessions, kept);
        (await InAsync("fetch")).Errors.ShouldContain("Authentication failed");

        (await _machine.BasculeAsync("login", "--undo-git", "--server", stage.Server)).Good();
        (await File.ReadAllTextAsync(_machine.GitConfig)).ShouldBe(OwnSettings);
    }

    [NodeFact]
    public async Task SettingUpTwiceAndUndoingTwiceIsAsOnce()
    {
        var said = await SetUpAsync();
        said.ShouldContain("Signed in as Dana Example");
        said.ShouldContain("git@127.0.0.1:ml/");
        var once = await File.ReadAllTextAsync(_machine.GitConfig);

        var again = await _machine.BasculeAsync("login", "--setup-git", "--server", stage.Server);

        again.Good();
        again.Errors.ShouldNotContain("Open ");
        (await File.ReadAllTextAsync(_machine.GitConfig)).ShouldBe(once);
        (await _machine.BasculeAsync("login", "--undo-git", "--server", stage.Server)).Good();
        File.Exists(_machine.GitConfig).ShouldBeFalse();
        var nothing = await _machine.BasculeAsync("login", "--undo-git", "--server", stage.Server);
        nothing.Good();
        nothing.Errors.ShouldContain("nothing to undo");
    }

    [NodeFact]
    [Trait("Threat", "T82")]
    public async Task NobodyElseIsGivenATokenAndGitAsksOn()
    {
        await SetUpAsync();
        var path = $"path=git/git/{stage.Churn.FullName}.git\n";
        var host = new Uri(stage.Server).Authority;
        (await _machine.AskAsync($"protocol=https\nhost={host}\n{path}\n", "get"))
            .Good()
            .ShouldContain("password=bsc_g_");
        string[] others =
        [
            $"protocol=https\nhost=\n{path}\n",
            $"protocol=https\nhost=evil.example.com\n{path}\n",
            $"protocol=https\nhost={host}.evil.example.com\n{path}\n",
            $"protocol=https\nhost=127.0.0.1\n{path}\n",
            $"protocol=http\nhost={host}\n{path}\n",
            $"protocol=https\nhost={host}\nhost=evil.example.com\n{path}\n",
        ];

        foreach (var question in others)
            (await _machine.AskAsync(question, "get")).ShouldBe(new Said(0, "", ""), question);

        (
            await _machine.AskAsync(
                $"protocol=https\nhost={host}\n{path}\n",
                "get",
                "--server",
                "https://other.example.com"
            )
        ).Output.ShouldBeEmpty();
        var fill = await _machine.RunAsync("git", ["credential", "fill"], $"url=https:///evil\n{path}\n");
        fill.All.ShouldNotContain("bsc_");
    }

    private async Task<string> SetUpAsync()
    {
        var said = await _machine.LoginAsync(
            stage.Provider!,
            "dana",
            ["--setup-git", "--server", stage.Server, "--ca", stage.Ca]
        );
        said.Code.ShouldBe(0, said.All);
        return said.Errors;
    }

    private Task<Said> InAsync(params string[] arguments) => _machine.GitAsync(["-C", "churn", .. arguments]);

    private async Task<string> PushAsync()
    {
        (
            await InAsync("-c", "user.useConfigOnly=true", "commit", "--quiet", "--allow-empty", "-m", "By a person")
        ).Good();
        (await InAsync("push", "--quiet", "origin", "HEAD:refs/heads/from-dana")).Good();
        return (await InAsync("rev-parse", "HEAD")).Good();
    }

    /// <summary>As an operator does, on the server's machine.</summary>
    private async Task RevokeAllAsync()
    {
        var listed = await stage.Stage.Client.ListTokensAsync(default);
        listed.Value.Tokens.ShouldNotBeEmpty();
        foreach (var token in listed.Value.Tokens)
            (await stage.Stage.Client.RevokeTokenAsync(token.Uid, default)).Problem.ShouldBeNull();
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(_machine.Sessions))![stage.Server]!["git_tokens"]!;
        kept[stage.Address].ShouldNotBeNull();
    }

    private Task<IReadOnlyList<PushedRef>> PushesOfAsync(string head)
    {
        var forge = stage.Stage.Services.GetRequiredService<ForgeConnections>().FindByName("git")!;
        return stage
            .Stage.Services.GetRequiredService<IPushStore>()
            .ListAsync(new RepositoryKey(forge.Uid, stage.Churn.Forge.Id), CommitId.Parse(head), default);
    }
}
