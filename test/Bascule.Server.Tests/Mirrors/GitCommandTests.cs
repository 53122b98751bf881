using System.Text;
using System.Text.RegularExpressions;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class GitCommandTests
{
    [Theory]
    [Trait("Threat", "T62")]
    [InlineData("file")]
    [InlineData("ext")]
    [InlineData("fd")]
    [InlineData("ssh")]
    [InlineData("git")]
    [InlineData("https")]
    public async Task LetsGitSpeakNoOtherProtocolThanTheRelays(string protocol)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var url = protocol is "ext" or "fd" ? $"{protocol}::17" : $"{protocol}://127.0.0.1{world.Repository.Folder}";

        var output = await RunAsync(world, "ls-remote", url);

        output.Error.ShouldContain($"transport '{protocol}' not allowed");
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

        GitSettings.Fill(environment, new MirrorOptions { Folder = "/x" }, "/usr/bin", null);

        environment.Values.ShouldNotContain(value => value!.Contains("evil") || value.Contains("touch"));
        environment.Keys.ShouldNotContain(name =>
            name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase) && name != "NO_PROXY"
        );
        environment.Keys.ShouldNotContain("GIT_TRACE_CURL");
        environment["HOME"].ShouldBe("/nonexistent");
    }

    [Theory]
    [Trait("Threat", "T66")]
    [Trait("Threat", "T68")]
    [Trait("Threat", "T80")]
    [Trait("Threat", "T82")]
    [Trait("Threat", "T85")]
    [InlineData("core.hooksPath", "/dev/null")]
    [InlineData("core.fsmonitor", "false")]
    [InlineData("core.symlinks", "false")]
    [InlineData("credential.helper", "")]
    [InlineData("http.followRedirects", "false")]
    [InlineData("http.proxy", "")]
    [InlineData("fetch.fsckObjects", "true")]
    [InlineData("fetch.recurseSubmodules", "false")]
    [InlineData("submodule.recurse", "false")]
    [InlineData("gc.auto", "0")]
    [InlineData("maintenance.auto", "false")]
    public async Task SettlesWhatAFileCouldSayOtherwise(string key, string expected)
    {
        await using var world = await MirrorWorld.CreateAsync();
        await TestGit.RunAsync(world.MirrorFolder, "config", "--file", "config", key, "/tmp/evil");

        var output = await RunAsync(world, "config", "--get", key);

        Encoding.UTF8.GetString(output.Bytes).ShouldBe(expected + "\n");
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

        var output = await new GitCommand(world.Options).RunAsync(call, default, default);

        output.End.ShouldBe(GitEnd.TooMuch);
        output.Bytes.ShouldBeEmpty();
    }

    [Fact]
    public void NamesTheRemedyWhenGitIsNotInstalled() =>
        Should
            .Throw<FileNotFoundException>(() =>
                new GitCommand(new MirrorOptions { Folder = "/x", Git = "no-such-git" })
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
        new GitCommand(world.Options).RunAsync(
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
