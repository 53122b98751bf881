using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Bascule.Connectors.Git;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

[SupportedOSPlatform("linux")]
public sealed class GitCommandTests
{
    [Fact]
    [Trait("Threat", "T62")]
    public async Task LetsGitSpeakNoOtherProtocolThanTheRelays()
    {
        await using var world = await MirrorWorld.CreateAsync();
        foreach (var protocol in new[] { "file", "ext", "fd", "ssh", "git", "https" })
        {
            var url = protocol is "ext" or "fd"
                ? $"{protocol}::17"
                : $"{protocol}://127.0.0.1{world.Repository.Folder}";

            var output = await RunAsync(world, "ls-remote", url);

            output.Error.ShouldContain($"transport '{protocol}' not allowed");
        }
    }

    [Fact]
    [Trait("Threat", "T68")]
    [Trait("Threat", "T85")]
    public void InheritsNothingFromTheServersEnvironment()
    {
        var environment = new Dictionary<string, string?>
        {
            ["HTTPS_PROXY"] = "http://169.254.169.254",
            ["https_proxy"] = "http://169.254.169.254",
            ["ALL_PROXY"] = "socks5://evil.example",
            ["GIT_SSH_COMMAND"] = "touch x",
            ["GIT_EXTERNAL_DIFF"] = "touch x",
            ["GIT_EXEC_PATH"] = "/tmp/evil",
            ["LD_PRELOAD"] = "/tmp/evil.so",
            ["GIT_TRACE_CURL"] = "1",
            ["HOME"] = "/home/ada",
            ["GIT_CONFIG_PARAMETERS"] = "'core.fsmonitor=touch x'",
        };

        GitSettings.Fill(environment, new MirrorOptions { Folder = "/x" }.Running, "/usr/bin", null);

        environment.Values.ShouldNotContain(value => value!.Contains("evil") || value.Contains("touch"));
        environment.Keys.ShouldNotContain(name =>
            name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase) && name != "NO_PROXY"
        );
        environment.Keys.ShouldNotContain("GIT_TRACE_CURL");
        environment["HOME"].ShouldBe("/nonexistent");
        environment["GIT_ALLOW_PROTOCOL"].ShouldBe("http");
    }

    [Fact]
    [Trait("Threat", "T66")]
    [Trait("Threat", "T68")]
    [Trait("Threat", "T80")]
    [Trait("Threat", "T82")]
    [Trait("Threat", "T85")]
    public async Task SettlesWhatAFileCouldSayOtherwise()
    {
        var settled = new Dictionary<string, string>
        {
            ["core.hooksPath"] = "/dev/null",
            ["core.fsmonitor"] = "false",
            ["core.symlinks"] = "false",
            ["credential.helper"] = "",
            ["http.followRedirects"] = "false",
            ["http.proxy"] = "",
            ["fetch.fsckObjects"] = "true",
            ["fetch.recurseSubmodules"] = "false",
            ["submodule.recurse"] = "false",
            ["protocol.allow"] = "never",
            ["gc.auto"] = "0",
            ["maintenance.auto"] = "false",
        };
        await using var world = await MirrorWorld.CreateAsync();
        foreach (var key in settled.Keys)
            await TestGit.RunAsync(world.MirrorFolder, "config", "--file", "config", key, "/tmp/evil");

        foreach (var (key, value) in settled)
            Encoding.UTF8.GetString((await RunAsync(world, "config", "--get", key)).Bytes).ShouldBe(value + "\n", key);
    }

    [Fact]
    [Trait("Threat", "T68")]
    public async Task RunsNoHookOfAMirror()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var mark = Path.Combine(world.Folder, "hooked");
        var hook = Path.Combine(
            Directory.CreateDirectory(Path.Combine(world.MirrorFolder, "hooks")).FullName,
            "reference-transaction"
        );
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ntouch {mark}\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await world.FetchMainAsync()).ShouldBe(commit);

        File.Exists(mark).ShouldBeFalse();
    }

    [Fact]
    public async Task EndsARunThatPrintsTooMuch()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var call = new GitCall(world.MirrorFolder, ["help", "-a"])
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxOutput = 100,
        };

        var output = await new GitCommand(world.Options.Running).RunAsync(call, default, default);

        output.End.ShouldBe(GitEnd.TooMuch);
        output.Bytes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("git version 2.39.5\n", "2.39")]
    [InlineData("git version 2.9.0.windows.1\n", "2.9")]
    [InlineData("git version 3.0\n", "3.0")]
    public void ReadsTheVersionOfGit(string text, string expected) =>
        GitVersion.Read(text).ShouldBe(Version.Parse(expected));

    [Fact]
    public void ReadsNoVersionFromAnythingElse() => GitVersion.Read("fatal: 2.39").ShouldBeNull();

    [Fact]
    public async Task AnswersThatGitIsTooOld()
    {
        var folder = Directory.CreateTempSubdirectory("bascule-old-git-");
        var git = Path.Combine(folder.FullName, "git");
        await File.WriteAllTextAsync(git, "#!/bin/sh\necho git version 2.30.2\n");
        File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var problem = await new GitVersion(
            new GitCommand(new GitOptions { Program = git, Protocols = ["http"] })
        ).CheckAsync(default);

        problem!.Message.ShouldBe("'git version 2.30.2' is too old; install git 2.36 or newer");
        folder.Delete(recursive: true);
    }

    [Fact]
    public void NamesTheRemedyWhenGitIsNotInstalled() =>
        Should
            .Throw<FileNotFoundException>(() =>
                new GitCommand(new GitOptions { Program = "no-such-git", Protocols = ["http"] })
            )
            .Message.ShouldContain("install git");

    [Fact]
    [Trait("Threat", "T63")]
    public void StartsNoShellAnywhere()
    {
        var sources = Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories);
        var starts = new Regex("""UseShellExecute\s*=\s*true|"(/usr)?(/bin/)?(ba|da|z|k)?sh"|cmd\.exe|powershell""");

        var found = sources.Where(file => starts.IsMatch(File.ReadAllText(file)));

        found.ShouldBeEmpty();
        starts.IsMatch("new ProcessStartInfo(\"/bin/sh\")").ShouldBeTrue();
    }

    private static Task<GitOutput> RunAsync(MirrorWorld world, params string[] arguments) =>
        new GitCommand(world.Options.Running).RunAsync(
            new GitCall(world.MirrorFolder, arguments) { Timeout = TimeSpan.FromSeconds(30) },
            default,
            default
        );

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Bascule.slnx")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "src");
    }
}
