namespace Bascule.EndToEnd.WaysIn;

/// <summary>The helper that needs a shell and curl or wget, as Bascule serves it, under the shells of small images; asked by real git, and by whoever would trick it.</summary>
public sealed class ShellHelperTests : IClassFixture<WaysInStage>, IDisposable
{
    private readonly WaysInStage _stage;
    private readonly Machine _machine = new();
    private readonly string _helper;

    public ShellHelperTests(WaysInStage stage)
    {
        _stage = stage;
        _helper = Path.Combine(_machine.Home, "bascule-git-credential.sh");
        _machine.Variables["BASCULE_TOKEN_FILE"] = Path.Combine(_machine.Home, "token");
        _machine.Variables["BASCULE_CA"] = stage.Ca;
        _machine.Variables["GIT_SSL_CAINFO"] = stage.Ca;
        File.WriteAllText(_machine.Variables["BASCULE_TOKEN_FILE"], stage.WorkloadToken() + "\n");
    }

    public void Dispose() => _machine.Dispose();

    public static TheoryData<string> Shells => ["dash", "busybox sh", "bash --posix"];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task GitClonesWithTheTokenThatThePlatformProjects(string shell)
    {
        await FetchAsync();
        (
            await _machine.GitAsync("config", "--global", $"credential.{_stage.Server}.helper", $"!{shell} {_helper}")
        ).Good();
        (await _machine.GitAsync("config", "--global", $"credential.{_stage.Server}.useHttpPath", "true")).Good();

        (await _machine.GitAsync("clone", "--quiet", _stage.Address, "churn")).Good();

        File.Exists(Path.Combine(_machine.Home, "churn", "data.csv")).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Shells))]
    [Trait("Threat", "T82")]
    public async Task NobodyElseIsGivenAnything(string shell)
    {
        await FetchAsync();
        var host = new Uri(_stage.Server).Authority;
        var path = $"path=git/git/{_stage.Churn.FullName}.git\n";
        (await AskAsync(shell, $"protocol=https\nhost={host}\n{path}\n")).Output.ShouldContain("password=bsc_g_");
        string[] others =
        [
            "",
            $"protocol=https\nhost=\n{path}\n",
            $"protocol=\nhost={host}\n{path}\n",
            $"protocol=http\nhost={host}\n{path}\n",
            $"protocol=https\nhost=127.0.0.1\n{path}\n",
            $"protocol=https\nhost={host}.evil.example.com\n{path}\n",
            $"protocol=https\nhost={host}\nhost=evil.example.com\n{path}\n",
            $"protocol=https\nhost=evil.example.com\nhost={host}\n{path}\n",
            $"protocol=https\nhost={host}\n{path}url=https://evil.example.com/\n\n",
            $"protocol=https\r\nhost={host}\r\n{path}\r\n",
            $"protocol=https\nhost={host}\npath=git/git/ml/../ml/churn.git\n\n",
            $"protocol=https\nhost={host}\npath=git/git/ml/churn/x.git\n\n",
            $"protocol=https\nhost={host}\npath=git/git/ml/$(touch x).git\n\n",
            $"protocol=https\nhost={host}\npath=oauth/token\n\n",
        ];

        foreach (var question in others)
            (await AskAsync(shell, question)).ShouldBe(new Said(0, "", ""), question);
        foreach (var operation in (string[])["store", "erase", "", "capability"])
            (await AskAsync(shell, $"protocol=https\nhost={host}\n{path}\n", operation)).ShouldBe(new Said(0, "", ""));
    }

    [Fact]
    public async Task WithoutCurlItAsksByGnuWget()
    {
        await FetchAsync();
        LeaveTools("git", "sh", "dash", "cat", "sed", "grep", "date", "mktemp", "rm", "wget");

        var said = await AskAsync("dash", Question());

        said.Output.ShouldContain("password=bsc_g_", customMessage: said.All);
        Directory.GetFiles(_machine.Home, "tmp.*").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T29")]
    public async Task BusyboxsOwnWgetIsNotUsedBecauseItLooksAtNoCertificate()
    {
        await FetchAsync();
        LeaveTools("sh", "dash", "cat", "sed", "grep", "date", "mktemp", "rm");
        var tools = _machine.Variables["PATH"];
        File.CreateSymbolicLink(Path.Combine(tools, "wget"), Find("busybox"));

        var said = await AskAsync("dash", Question());

        said.Output.ShouldBe("quit=1\n");
        said.Errors.ShouldContain("neither curl nor GNU wget");
    }

    [Fact]
    [Trait("Threat", "T29")]
    public async Task AServerThatIsNotTrustedIsShownNothing()
    {
        await FetchAsync();
        _machine.Variables.Remove("BASCULE_CA");

        var said = await AskAsync("dash", Question());

        said.Output.ShouldBe("quit=1\n");
        said.Errors.ShouldContain("cannot be asked");
    }

    [Fact]
    public async Task ARefusalIsToldAndGitAsksNoFurther()
    {
        await FetchAsync();
        await File.WriteAllTextAsync(_machine.Variables["BASCULE_TOKEN_FILE"], _stage.WorkloadToken("stranger"));

        var said = await AskAsync("busybox sh", Question());

        said.Output.ShouldBe("quit=1\n");
        said.Errors.ShouldContain("no trust policy gives this");
    }

    [Fact]
    public async Task AFileWithoutATokenIsTold()
    {
        await FetchAsync();
        await File.WriteAllTextAsync(_machine.Variables["BASCULE_TOKEN_FILE"], "two words&scope=git:push");

        (await AskAsync("dash", Question())).Errors.ShouldContain("holds no token");
    }

    [Fact]
    public async Task ShellcheckFindsNothing()
    {
        await FetchAsync();

        var said = await _machine.RunAsync("shellcheck", ["--shell=sh", "--severity=style", _helper], "");

        said.ShouldBe(new Said(0, "", ""));
    }

    private string Question() =>
        $"protocol=https\nhost={new Uri(_stage.Server).Authority}\npath=git/git/{_stage.Churn.FullName}.git\n\n";

    private Task<Said> AskAsync(string shell, string question, string operation = "get")
    {
        var words = shell.Split(' ');
        return _machine.RunAsync(words[0], [.. words[1..], _helper, operation], question);
    }

    /// <summary>As an image is built: by curl, from Bascule itself.</summary>
    private async Task FetchAsync() =>
        (
            await _machine.RunAsync(
                "curl",
                ["-fsS", "--cacert", _stage.Ca, "-o", _helper, $"{_stage.Server}/git-credential.sh"],
                ""
            )
        ).Good();

    /// <summary>An image that has nothing else.</summary>
    private void LeaveTools(params string[] names)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_machine.Home, "tools")).FullName;
        foreach (var name in names)
            File.CreateSymbolicLink(Path.Combine(folder, name), Find(name));
        _machine.Variables["PATH"] = folder;
        _machine.Variables["TMPDIR"] = _machine.Home;
    }

    private static string Find(string name) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .First(File.Exists);
}
