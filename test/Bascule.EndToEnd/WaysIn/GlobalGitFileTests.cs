using Bascule.Cli.Features.Git;
using Bascule.Core.Api;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>What goes into a person's own settings comes out again, and nothing else does.</summary>
public sealed class GlobalGitFileTests : IDisposable
{
    private static readonly Uri Server = new("https://bascule.example.com");
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-gitfile-").FullName;

    private string Config => Path.Combine(_folder, "gitconfig");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("no file", null)]
    [InlineData("an empty file", "")]
    [InlineData("usual", "[user]\n\tname = Ann\n")]
    [InlineData("no end of the last line", "[user]\n\tname = Ann")]
    [InlineData("other line ends", "[user]\r\n\tname = Ann\r\n")]
    [InlineData("a comment at the end", "[user]\n\tname = Ann\n# mine\n")]
    [InlineData("a name in Greek", "[user]\n\tname = Ἄννα\n")]
    public async Task ItIsByteForByteAsBefore(string name, string? before)
    {
        Write(before);

        await SetUpAsync();
        (await GitAsync("--get", "url.https://bascule.example.com/git/git/ml/.insteadof")).ShouldBe(
            "git@git.example.com:ml/"
        );
        (await UndoAsync()).ShouldBeTrue(name);

        Read().ShouldBe(before, name);
        (await UndoAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task WhatWasAddedSinceStays()
    {
        Write("[user]\n\tname = Ann\n");
        await SetUpAsync();
        await GitAsync("--add", "url.https://bascule.example.com/git/git/ml/.insteadOf", "mine:");
        await GitAsync("credential.https://bascule.example.com.username", "ann");
        await GitAsync("core.editor", "vi");

        (await UndoAsync()).ShouldBeTrue();

        var left = (await GitAsync("--list")).Split('\n');
        left.ShouldBe(
            [
                "user.name=Ann",
                "credential.https://bascule.example.com.username=ann",
                "url.https://bascule.example.com/git/git/ml/.insteadof=mine:",
                "core.editor=vi",
            ],
            ignoreOrder: true
        );
        Read().ShouldNotBeNull().ShouldNotContain("# Bascule");
    }

    [Fact]
    public async Task WhatWasAddedToTheLastLinesDoesNotFallToAnotherSection()
    {
        Write("[user]\n\tname = Ann\n");
        await SetUpAsync();
        await GitAsync("--add", "url.https://bascule.example.com/git/git/ml/.insteadOf", "mine:");

        (await UndoAsync()).ShouldBeTrue();

        (await GitAsync("--list"))
            .Split('\n')
            .ShouldBe(["user.name=Ann", "url.https://bascule.example.com/git/git/ml/.insteadof=mine:"]);
    }

    [Fact]
    public async Task WhatStoodThereBeforeStaysEvenIfItIsTheSame()
    {
        const string Own =
            "[url \"https://bascule.example.com/git/git/ml/\"]\n\tinsteadOf = git@git.example.com:ml/\n[credential \"https://bascule.example.com\"]\n\tuseHttpPath = true\n";
        Write(Own);
        await SetUpAsync();
        await GitAsync("core.editor", "vi");
        await GitAsync("--unset", "core.editor");

        (await UndoAsync()).ShouldBeTrue();

        Read().ShouldBe(Own);
    }

    [Fact]
    public async Task OtherHelpersOfTheUserAreNeitherAskedNorTold()
    {
        Write("[credential]\n\thelper = store\n");

        await SetUpAsync();

        var helpers = await GitAsync(
            "--get-urlmatch",
            "credential.helper",
            "https://bascule.example.com/git/git/ml/churn.git"
        );
        helpers.ShouldContain("git-credential");
        Read()!.ShouldContain("\thelper = \"\"\n\thelper = ");
    }

    [Fact]
    public async Task SettingsThatAreLinkedToStayLinkedToAndPrivate()
    {
        var real = Path.Combine(_folder, "dotfiles");
        await File.WriteAllTextAsync(real, "[user]\n\tname = Ann\n");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(Config, real);

        await SetUpAsync();

        File.ResolveLinkTarget(Config, returnFinalTarget: false)!.FullName.ShouldBe(real);
        File.GetUnixFileMode(real).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Exists(real + ".lock").ShouldBeFalse();
    }

    [Fact]
    public async Task WhatGitIsChangingJustNowIsLeftAlone()
    {
        Write("[user]\n\tname = Ann\n");
        await File.WriteAllTextAsync(Config + ".lock", "");

        var written = await Setup().WriteAsync([Forge("https://bascule.example.com/git/git/ml/")], ca: null, default);

        written.Problem.ShouldNotBeNull().Message.ShouldContain("cannot be changed");
        Read().ShouldBe("[user]\n\tname = Ann\n");
        File.Exists(Config + ".lock").ShouldBeTrue();
    }

    [Fact]
    public async Task RewritingOfTheirOwnThatGoesFirstIsTold()
    {
        Write("[url \"https://mirror.example.com/\"]\n\tinsteadOf = https://git.example.com/ml/big/\n");

        (await SetUpAsync()).Rivals.ShouldBe(["https://git.example.com/ml/big/"]);
    }

    [Theory]
    [InlineData("another server", "https://evil.example.com/git/git/", "https://git.example.com/")]
    [InlineData("another place", "https://bascule.example.com/api/", "https://git.example.com/")]
    [InlineData("a look-alike", "https://bascule.example.com.evil.example.com/git/git/", "https://git.example.com/")]
    [InlineData("everything", "https://bascule.example.com/git/git/", "https://")]
    [InlineData("nothing", "https://bascule.example.com/git/git/", "")]
    [InlineData("files", "https://bascule.example.com/git/git/", "/")]
    [InlineData(
        "a line break",
        "https://bascule.example.com/git/git/",
        "https://git.example.com/\n[core]\n\tsshCommand = x"
    )]
    [InlineData("itself", "https://bascule.example.com/git/git/", "https://bascule.example.com/git/")]
    [Trait("Threat", "T82")]
    public async Task AServerLeadsGitNowhereButToItself(string name, string address, string insteadOf)
    {
        var written = await Setup().WriteAsync([Forge(address, insteadOf)], ca: null, default);

        written.Problem.ShouldNotBeNull(name);
        Read().ShouldBeNull();
    }

    private GitSetup Setup() =>
        new(Server, new GlobalGitFile(Config), new GitSetups(Path.Combine(_folder, "setup.json")));

    private static GitForgeRecord Forge(string address, string insteadOf = "git@git.example.com:ml/") =>
        new("git", [new GitRoute(address, [insteadOf])]);

    private async Task<GitSetupOutcome> SetUpAsync()
    {
        var forge = new GitForgeRecord(
            "git",
            [
                new GitRoute(
                    "https://bascule.example.com/git/git/ml/",
                    ["https://git.example.com/ml/", "git@git.example.com:ml/"]
                ),
            ]
        );
        var written = await Setup().WriteAsync([forge], ca: null, default);
        written.Problem.ShouldBeNull();
        return written.Value;
    }

    private async Task<bool> UndoAsync()
    {
        var undone = await Setup().UndoAsync(default);
        undone.Problem.ShouldBeNull();
        return undone.Value;
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        var said = await GitProgram.RunAsync(["config", "--file", Config, .. arguments], default);
        said.Value.Code.ShouldBe(0, said.Value.Errors);
        return said.Value.Output.Trim();
    }

    private void Write(string? text)
    {
        if (text is not null)
            File.WriteAllText(Config, text);
    }

    private string? Read() => File.Exists(Config) ? File.ReadAllText(Config) : null;
}
