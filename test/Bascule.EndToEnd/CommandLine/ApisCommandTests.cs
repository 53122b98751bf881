using System.Diagnostics;
using System.Text.Json;
using Bascule.Testing.Platforms.ApimSample;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>The gate for an API Management repository as people and CI call it, with real git.</summary>
public sealed class ApisCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-apis-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FilesThatAreFineEndWithNought()
    {
        await CopySampleAsync("");

        var check = await CheckAsync("--environment", "prod");

        check.ExitCode.ShouldBe(0, check.Output + check.Errors);
        check
            .Output.Trim()
            .ShouldBe("26 files, 21 resources: 0 errors, 0 warnings; overrides of prod: configuration.prod.yaml.");
    }

    [Fact]
    public async Task AnErrorEndsWithOneAndStandsWhereItIs()
    {
        await CopySampleAsync("gateway");
        await WriteAsync("gateway/apis/orders/notes.txt", "x");
        await WriteAsync("elsewhere/code.py", "x");
        await WriteAsync("rules.yaml", "deny: [set-backend-service]\n");

        var check = await CheckAsync("--rules", "rules.yaml", "--folder", "gateway/");

        check.ExitCode.ShouldBe(1, check.Errors);
        check.Output.ShouldContain("gateway/apis/orders/notes.txt:1: error: is no file of the layout");
        check.Output.ShouldContain("gateway/apis/orders/policy.xml:7: error: has 'set-backend-service', and the rules");
        check.Output.ShouldContain("25 files, 21 resources: 2 errors, 0 warnings.");
    }

    [Fact]
    public async Task ACommitIsReadAndNotTheWorkTree()
    {
        await GitAsync("init", "-q", "-b", "main");
        await CopySampleAsync("");
        File.CreateSymbolicLink(Path.Combine(_folder, "backends/orders/policy.xml"), "/etc/passwd");
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "Add the shop");
        await WriteAsync("policy.xml", "not committed");

        var check = await CheckAsync("--commit", "main", "--json");

        check.ExitCode.ShouldBe(1, check.Errors);
        var answer = JsonDocument.Parse(check.Output).RootElement;
        answer.GetProperty("commit").GetString()!.Length.ShouldBe(40);
        answer.GetProperty("errors").GetInt32().ShouldBe(1);
        var finding = answer.GetProperty("findings")[0];
        $"{finding.GetProperty("path")}:{finding.GetProperty("line")} {finding.GetProperty("severity")} {finding.GetProperty("rule")}".ShouldBe(
            "backends/orders/policy.xml:1 error link"
        );
    }

    [Theory]
    [InlineData(3, "there is no commit 'gone'", "--commit", "gone")]
    [InlineData(3, "there is no 'gone.yaml'", "--rules", "gone.yaml")]
    [InlineData(3, "there is no folder", "gone")]
    [InlineData(2, "rules.yaml:1:1: denied: is not a known key", "--rules", "rules.yaml")]
    [InlineData(2, "is not a path inside the repository", "--folder", "../a")]
    [InlineData(2, "is no name of an environment", "--environment", "../prod")]
    public async Task WhatStandsInTheWayIsNamed(int code, string message, params string[] words)
    {
        await GitAsync("init", "-q", "-b", "main");
        await WriteAsync("rules.yaml", "denied: []\n");

        var check = await CheckAsync(words);

        check.ExitCode.ShouldBe(code, check.Output + check.Errors);
        check.Errors.ShouldContain(message);
    }

    private Task<BasculeCommand> CheckAsync(params string[] words) =>
        BasculeCommand.RunAsync(_folder, ["apis", "check", .. words]);

    private async Task CopySampleAsync(string below)
    {
        foreach (var file in Directory.EnumerateFiles(ApimSample.Folder, "*", SearchOption.AllDirectories))
            await WriteAsync(
                Path.Combine(below, Path.GetRelativePath(ApimSample.Folder, file)),
                await File.ReadAllTextAsync(file)
            );
    }

    private async Task WriteAsync(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
    }

    private async Task GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { UseShellExecute = false, WorkingDirectory = _folder };
        using var git = Process.Start(start)!;
        await git.WaitForExitAsync();
        git.ExitCode.ShouldBe(0);
    }
}
