using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Cli.Features.Evidence;
using Bascule.Core.Evidence;
using Bascule.Core.Evidence.Controls;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule evidence</c>: one archive for an auditor. Ends with 1 when a log is not what its key signed.</summary>
internal static class EvidenceCommand
{
    private static readonly Option<string?> From = new("--from")
    {
        Description = "The first day (2026-10-01, from midnight UTC), or a time: 2026-10-01T12:00:00Z.",
        HelpName = "time",
    };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "The day or time at which it ends; that one is not in it any more.",
        HelpName = "time",
    };

    private static readonly Option<string?> FrameworkName = new("--framework")
    {
        Description = "Whose controls the index is arranged by: soc2, iso27001 or sox.",
        HelpName = "name",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "The archive, a new file. Default: evidence-<framework>-<from>-to-<to>.zip.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("evidence", "Packs what an auditor asks for, with the proof of it, into one archive.")
        {
            From,
            To,
            FrameworkName,
            Out,
            EvidenceLogs.Log,
            LogKeyFeature.Key,
            LogKeyFeature.Witness,
            LogFeature.Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var framework = Frameworks.Find(parsed.GetValue(FrameworkName));
        if (framework.Failed(out var problem))
            return output.Refuse(problem);
        var range = EvidenceRange.Parse(parsed.GetValue(From), parsed.GetValue(To));
        if (range.Failed(out problem))
            return output.Refuse(problem);
        var file = parsed.GetValue(Out) ?? $"evidence-{framework.Value.Name}-{range.Value.FileWord}.zip";
        if (Path.Exists(file))
            return output.Refuse(EvidencePack.Taken(file));
        var asked = EvidenceStatements.Open(parsed);
        if (asked.Failed(out problem))
            return output.Refuse(problem);
        using var statements = asked.Value;
        await using var logs = new EvidenceLogs(parsed, file);
        var opened = await logs.OpenAsync(cancellationToken);
        if (opened.Failed(out problem))
            return output.Refuse(problem);
        if (opened.Value.FirstOrDefault(one => one.Examined.Log is null) is { } bad)
            return EvidenceText.RefuseLog(output, bad);
        var order = new EvidenceOrder(framework.Value, range.Value, [.. opened.Value.Select(one => one.Examined.Log!)])
        {
            Statements = statements,
        };
        var made = await EvidencePack.WriteAsync(order, file, cancellationToken);
        if (made.Failed(out problem))
            return output.Refuse(problem);
        var record = EvidenceText.Record(file, order, made.Value);
        output.Write(record, EvidenceJson.Default.EvidenceRecord, () => EvidenceText.Of(record));
        return ExitCodes.Success;
    }
}
