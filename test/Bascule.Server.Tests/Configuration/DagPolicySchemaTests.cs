using System.Text;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;
using Bascule.Testing;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Configuration;

/// <summary>The schema of DAG policies, judged by a validator of others, beside our own reader.</summary>
public sealed class DagPolicySchemaTests
{
    private const string Page = "docs/operations/dag-gate.md";

    private static readonly string[] Policies =
    [
        "folder: airflow/dags/",
        "folder: .",
        "folder: 7",
        "folder: ../dags",
        "folder: a/./b",
        "folder: /dags",
        "folder: a//b",
        "folders: dags",
        "max_files: 1",
        "max_files: 0",
        "max_files: 10001",
        "max_files: \"7\"",
        "max_file_bytes: 1.5",
        "max_tasks: many",
        "forbidden_imports: [subprocess, airflow.models, _a1]",
        "forbidden_imports: subprocess",
        "forbidden_imports: [a.]",
        "forbidden_imports: [a b]",
        "require: [schedule, owner]",
        "require: [tags]",
        "require: owner",
        "dynamic_ids: refuse",
        "dynamic_ids: no",
        "dynamic_tasks: allow",
        "dynamic_imports: deny",
        "opaque: warn",
        "ignore_syntax: regexp",
        "ignore_syntax: gitignore",
    ];

    [NodeFact]
    public void AgreesWithOurReader()
    {
        var judged = NodeOracle.Ask<List<List<string>>>(
            "schema.mjs",
            new Dictionary<string, object>
            {
                ["schema"] = RepositoryFolder.PathOf("schemas/dag-policy.schema.json"),
                ["documents"] = Policies,
            }
        );

        judged.Count.ShouldBe(Policies.Length);
        Policies
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
            YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "policy.yaml", YamlLimits.Server, problems) is { } map
            && problems.Count == 0
        )
            DagPolicyReader.Read(map, problems);
        return problems;
    }
}
