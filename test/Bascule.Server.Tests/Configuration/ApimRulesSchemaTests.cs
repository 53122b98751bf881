using System.Text;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;
using Bascule.Testing;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Configuration;

/// <summary>The schema of rules for API Management, judged by a validator of others, beside our own reader.</summary>
public sealed class ApimRulesSchemaTests
{
    private const string Page = "docs/operations/api-gate.md";

    private static readonly string[] Rules =
    [
        "deny: [send-request, xsl-transform]",
        "deny: [Send-Request]",
        "deny: send-request",
        "denied: []",
        "require: { api: [validate-jwt], service: [], product: [], operation: [] }",
        "require: { apis: [validate-jwt] }",
        "require: []",
        "keep_base: true",
        "keep_base: \"true\"",
        "keep_base: 1",
        "cors: { wildcard_with_credentials: warn }",
        "cors: { wildcard_with_credentials: allow }",
        "cors: { origins: [] }",
        "send_request_hosts: [api.example.com, \"*.example.com\", \"api.example.com:8443\"]",
        "send_request_hosts: [\"https://api.example.com\"]",
        "send_request_hosts: [\"*\"]",
        "send_request_hosts: api.example.com",
        "issuer_hosts: []",
        "issuer_hosts: [a..b]",
        "expressions: { allow: all }",
        "expressions: { allow: none }",
        "expressions: { allow: [set-header] }",
        "expressions: { allow: some }",
        "expressions: { deny: [set-header] }",
        "secrets: warn",
        "secrets: allow",
        "unknown_elements: allow",
        "unknown_elements: deny",
        "existing: { named_values: [a], backends: [1], loggers: [], policy_fragments: [], version_sets: [], apis: [] }",
        "existing: { products: [a] }",
    ];

    [NodeFact]
    public void AgreesWithOurReader()
    {
        var judged = NodeOracle.Ask<List<List<string>>>(
            "schema.mjs",
            new Dictionary<string, object>
            {
                ["schema"] = RepositoryFolder.PathOf("schemas/apim-rules.schema.json"),
                ["documents"] = Rules,
            }
        );

        judged.Count.ShouldBe(Rules.Length);
        Rules
            .Zip(judged)
            .Where(one => Read(one.First).Count > 0 != one.Second.Count > 0)
            .Select(one =>
                $"{one.First}: reader {string.Join(" | ", Read(one.First))}, schema {string.Join(" | ", one.Second)}"
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void TheExampleOnItsPageIsFine()
    {
        var page = File.ReadAllText(RepositoryFolder.PathOf(Page));
        var start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;

        Read(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]).ShouldBeEmpty();
    }

    private static List<SettingProblem> Read(string yaml)
    {
        List<SettingProblem> problems = [];
        if (
            YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "rules.yaml", YamlLimits.Server, problems) is { } map
            && problems.Count == 0
        )
            ApimRulesReader.Read(map, problems);
        return problems;
    }
}
