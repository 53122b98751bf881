using System.Text.RegularExpressions;
using Bascule.Testing;

namespace Bascule.Server.Tests.Configuration;

/// <summary>What the page on secrets tells people to write is what the reader takes, and every key of it is there.</summary>
public sealed partial class SecretDocsTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(RepositoryFolder.PathOf("docs/operations/secrets.md"));
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vault", "vault:secret/bascule/gitea#token")]
    [InlineData("azure", "azure-keyvault:corp-kv/gitea")]
    [InlineData("aws", "aws-secretsmanager:eu-central-1/bascule/gitea")]
    public void TheBlocksAndReferencesAreAccepted(string source, string reference)
    {
        Page.ShouldContain($"`\"{reference}\"`");
        var block = Fenced()
            .Matches(Page)
            .Select(match => match.Groups["text"].Value)
            .Single(text => text.StartsWith($"secrets:\n  {source}:\n", StringComparison.Ordinal));

        var (settings, problems) = _folder.Load(
            $$"""
            url: http://127.0.0.1:8080
            forges: { a: { kind: gogs, url: "http://localhost:3000/gogs", token: "{{reference}}", repositories: ["**"] } }
            platforms: { b: { kind: databricks, url: "https://x.test", login: { federation: { client: 1 } } } }
            environments: { c: { platform: b, repositories: ["a:**"], branches: ["**"] } }
            {{block}}
            """
        );

        problems.ShouldBeEmpty();
        settings!.SecretSources.NeedsIssuer(reference.Split(':')[0]).ShouldBe(true);
    }

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Fenced();
}
