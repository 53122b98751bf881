using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit export</c>: a copy of a log, for whoever is to check it elsewhere. Goes on where it stopped.</summary>
internal static class AuditExportCommand
{
    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "A new folder, or one that was exported into before: only what is missing is fetched.",
    };

    public static Command Create()
    {
        var command = new Command("export", "Copies the audit log into a folder, as other people's tools read it.")
        {
            Folder,
            LogFeature.Log,
            LogKeyFeature.Key,
            LogFeature.Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = await LogFeature.OpenAsync(parsed, parsed.GetValue(LogFeature.Log), cancellationToken);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        await using var log = opened.Value;
        var exported = await ExportAsync(parsed, log.Source, parsed.GetValue(Folder)!, cancellationToken);
        if (exported.Failed(out problem))
            return output.Refuse(problem);
        output.Write(exported.Value, AuditJson.Default.ExportedRecord, () => Text(exported.Value));
        return ExitCodes.Success;
    }

    private static async Task<Result<ExportedRecord>> ExportAsync(
        ParseResult parsed,
        ILogSource log,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var read = await log.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (SignedNote.Parse(read.Value.Span) is not { } note || Checkpoint.Parse(note) is not { } checkpoint)
            return Problem.Invalid($"{log.Name} shows a checkpoint that is none");
        var key = LogKeyFeature.Read(parsed, checkpoint.Origin, LogKeys.Own);
        if (key.Failed(out problem) || (key.Value is { } known && Checkpoint.Open(note, known.Key).Failed(out problem)))
            return problem;
        var copy = new LogCopy(log, folder);
        var copied = await copy.RunAsync(note, checkpoint, cancellationToken);
        return copied.Failed(out problem)
            ? problem
            : new ExportedRecord(checkpoint.Origin, checkpoint.Size, Path.GetFullPath(folder), copy.Fetched);
    }

    private static string Text(ExportedRecord exported) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{exported.Size} entries of {VerdictText.Clean(exported.Origin)} are in {exported.Folder}; {exported.Fetched} tiles were not there yet.\nCheck them with: bascule audit verify {exported.Folder} --key KEY"
        );
}
