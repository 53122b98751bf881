using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Cli.Features.Apis;

/// <summary>What <c>bascule apis check --json</c> says.</summary>
/// <param name="Folder">In the repository; empty for all of it.</param>
/// <param name="Commit">Null for files as they are.</param>
/// <param name="Overrides">The file of overrides that was applied; null for none.</param>
internal sealed record ApimCheckRecord(
    bool Ok,
    string Folder,
    string? Commit,
    string? Environment,
    string? Overrides,
    int Files,
    int Resources,
    int Errors,
    int Warnings,
    IReadOnlyList<ApimFindingRecord> Findings
)
{
    public static ApimCheckRecord Of(ApimReport report, ApimFolder folder, string? commit, string? overrides) =>
        new(
            report.IsPassed,
            folder.Path,
            commit,
            folder.Environment,
            overrides,
            report.Files,
            report.Resources,
            report.Errors,
            report.Warnings,
            [
                .. report.Findings.Select(one => new ApimFindingRecord(
                    one.Path,
                    one.Line,
                    one.Rule,
                    one.Severity,
                    one.Text
                )),
            ]
        );

    /// <summary>For people: a finding a line, as compilers write them.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (var finding in Findings)
            text.Append(
                    CultureInfo.InvariantCulture,
                    $"{finding.Path}:{finding.Line}: {Word(finding.Severity)}: {finding.Text} [{Word(finding.Rule)}]"
                )
                .Append('\n');
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Count(Files, "file")}, {Count(Resources, "resource")}: {Count(Errors, "error")}, {Count(Warnings, "warning")}"
        );
        if (Environment is not null)
            text.Append(CultureInfo.InvariantCulture, $"; overrides of {Environment}: {Overrides ?? "none"}");
        return text.Append('.').ToString();
    }

    private static string Count(int count, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

internal sealed record ApimFindingRecord(string Path, int Line, ApimRule Rule, ApimSeverity Severity, string Text);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(Dags.SnakeCase<ApimRule>), typeof(Dags.SnakeCase<ApimSeverity>)]
)]
[JsonSerializable(typeof(ApimCheckRecord))]
internal sealed partial class ApimCheckJson : JsonSerializerContext;
