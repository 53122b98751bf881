using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bascule.Cli.Features.Dags;

/// <summary>What <c>bascule dags check</c> says to people: a finding a line, as compilers write them.</summary>
internal static class DagCheckText
{
    public static string Of(DagCheckRecord record)
    {
        var text = new StringBuilder();
        foreach (var finding in record.Findings)
            text.Append(
                    CultureInfo.InvariantCulture,
                    $"{finding.Path}:{finding.Line}: {Word(finding.Severity)}: {finding.Text} [{Word(finding.Rule)}]"
                )
                .Append('\n');
        if (record.Errors + record.Warnings - record.Findings.Count is > 0 and var more)
            text.Append(CultureInfo.InvariantCulture, $"… and {more} more").Append('\n');
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Count(record.Files, "file")}, {Count(record.Dags.Count, "DAG")}: {Count(record.Errors, "error")}, {Count(record.Warnings, "warning")}"
        );
        if (record.Unchanged > 0)
            text.Append(
                CultureInfo.InvariantCulture,
                $"; {Count(record.Unchanged, "finding")} in files that did not change"
            );
        return text.Append('.').ToString();
    }

    private static string Count(int count, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
