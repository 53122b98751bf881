using System.CommandLine;
using System.Text.Json;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Features;

/// <summary>Shows findings as they are made. The command ends with 1 when one of them is bad.</summary>
internal static class FindingsFeature
{
    public static async Task<int> ShowAsync(
        ParseResult parsed,
        Func<BasculeClient, IAsyncEnumerable<Result<Finding>>> ask
    )
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var code = ExitCodes.Success;
        await foreach (var finding in ask(client))
        {
            if (finding.Failed(out var refusal))
                return output.Refuse(refusal);
            output.Write(finding.Value, ApiJson.Default.Finding, () => Text(finding.Value));
            if (finding.Value.Kind == FindingKind.Bad)
                code = ExitCodes.Negative;
        }
        return code;
    }

    public static string Text(Finding finding)
    {
        var sign = finding.Kind switch
        {
            FindingKind.Bad => "FAIL",
            FindingKind.Note => "note",
            FindingKind.Done => "done",
            _ => "ok  ",
        };
        var command = finding.Command is null ? "" : $"\n\n{Indent(finding.Command)}\n";
        return $"{sign}  {finding.Subject}: {finding.Text}{command}";
    }

    private static string Indent(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : $"    {line}"));
}
