using System.Text.RegularExpressions;
using Bascule.Testing;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>Trust policies tried without a server, as CI does.</summary>
public sealed partial class PolicyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-cli-").FullName;
    private readonly string _expected = RepositoryFolder.PathOf("samples/trust-policies/expected.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ATableThatIsRightEndsWithNought()
    {
        await WriteSettingsAsync();

        var test = await BasculeCommand.RunAsync(_folder, "policy", "test", _expected);

        test.ExitCode.ShouldBe(0, test.Errors);
        test.Output.ShouldContain("3 decisions, all as expected");
    }

    [Fact]
    public async Task ATableThatIsWrongEndsWithOneAndSaysWhy()
    {
        await WriteSettingsAsync();
        var table = (await File.ReadAllTextAsync(_expected)).Replace(
            "expect: deny",
            "expect: allow",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(Path.Combine(_folder, "wrong.yaml"), table);

        var test = await BasculeCommand.RunAsync(_folder, "policy", "test", "wrong.yaml");

        test.ExitCode.ShouldBe(1);
        test.Output.ShouldContain("DIFFERS  it does not push");
        test.Output.ShouldContain("it does not give push");
        test.Output.ShouldContain("3 decisions, 2 not as expected");
    }

    [Fact]
    public async Task ATokenIsExplainedFromItsFile()
    {
        await WriteSettingsAsync();
        var token = RepositoryFolder.PathOf("samples/trust-policies/tokens/kubernetes.json");

        var explained = await BasculeCommand.RunAsync(
            _folder,
            "policy",
            "explain",
            "--token",
            token,
            "--repository",
            "git:ml/churn"
        );

        explained.ExitCode.ShouldBe(0, explained.Errors);
        explained.Output.ShouldContain("policy       kubernetes-train");
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("explain", "--token", "{}")]
    [InlineData("explain", "--as", "p-1", "--token", "{}", "--repository", "git:a/b")]
    public async Task WhoOrWhatMustBeSaid(params string[] words)
    {
        var explained = await BasculeCommand.RunAsync(_folder, ["policy", .. words]);

        explained.ExitCode.ShouldBe(2, explained.Output);
    }

    private async Task WriteSettingsAsync()
    {
        var page = await File.ReadAllTextAsync(RepositoryFolder.PathOf("docs/operations/token-exchange.md"));
        var block = Fenced()
            .Matches(page)
            .Select(match => match.Groups["text"].Value)
            .Single(text => text.Contains("  kubernetes-train:\n", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), "0123456789abcdef0123456789abcdef01234567");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bascule.yaml"),
            $$"""
            url: http://127.0.0.1:8080
            forges: { git: { kind: gogs, url: "http://localhost:3000", token: "file:token", repositories: ["**"] } }
            platforms: { b: { kind: databricks, url: "https://x.test", login: { federation: { client: a } } } }
            environments: { c: { platform: b, repositories: ["git:**"], branches: ["**"] } }
            {{block}}
            """
        );
    }

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Fenced();
}
