using System.Text.Json.Serialization;
using Bascule.Connectors.Platforms.Airflow.Gate;

namespace Bascule.Cli.Features.Dags;

/// <summary>What <c>bascule dags check --json</c> says.</summary>
/// <param name="Commit">Null for files as they are.</param>
/// <param name="Base">What changes are counted from; null when everything was judged.</param>
/// <param name="Unchanged">Findings in files that did not change.</param>
internal sealed record DagCheckRecord(
    bool Ok,
    string Folder,
    string? Commit,
    string? Base,
    string? Python,
    int Files,
    int Errors,
    int Warnings,
    int Unchanged,
    IReadOnlyList<DagRecord> Dags,
    IReadOnlyList<DagFindingRecord> Findings
)
{
    public static DagCheckRecord Of(DagReport report, string folder, string? commit, string? origin) =>
        new(
            report.IsPassed,
            folder,
            commit,
            origin,
            report.Python,
            report.Files,
            report.Errors,
            report.Warnings,
            report.Unchanged,
            [.. report.Dags.Select(dag => new DagRecord(dag.Id, dag.Path, dag.Line, dag.Tasks, dag.Mapped))],
            [
                .. report.Findings.Select(finding => new DagFindingRecord(
                    finding.Path,
                    finding.Line,
                    finding.Rule,
                    finding.Severity,
                    finding.Text
                )),
            ]
        );
}

internal sealed record DagRecord(string Id, string Path, int Line, int Tasks, int Mapped);

internal sealed record DagFindingRecord(string Path, int Line, DagRule Rule, DagSeverity Severity, string Text);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCase<DagRule>), typeof(SnakeCase<DagSeverity>)]
)]
[JsonSerializable(typeof(DagCheckRecord))]
internal sealed partial class DagCheckJson : JsonSerializerContext;

internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;
