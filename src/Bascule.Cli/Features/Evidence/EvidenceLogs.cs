using System.CommandLine;
using Bascule.Cli.Features.Audit;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Evidence;

namespace Bascule.Cli.Features.Evidence;

/// <summary>The logs of a pack, each checked by its key. One that is at an address is fetched first, so that it is read once and cannot change meanwhile.</summary>
/// <param name="file">The pack: what is fetched waits beside it.</param>
internal sealed class EvidenceLogs(ParseResult parsed, string file) : IAsyncDisposable
{
    public static readonly Option<string[]> Log = new("--log")
    {
        Description =
            "Other logs than those of the server: an address, a folder of `bascule audit export`, or a backup. May be repeated.",
        HelpName = "url, folder or backup",
    };

    private readonly List<OpenedLog> _opened = [];
    private readonly List<string> _fetched = [];
    private IReadOnlyList<NoteKey> _witnesses = [];

    /// <summary>Also those that are not what their key signed.</summary>
    public async Task<Result<IReadOnlyList<ExaminedLog>>> OpenAsync(CancellationToken cancellationToken)
    {
        var witnesses = LogKeyFeature.ReadWitnesses(parsed);
        if (witnesses.Failed(out var problem))
            return problem;
        _witnesses = witnesses.Value;
        var opened = await LogFeature.OpenAllAsync(parsed, parsed.GetValue(Log) ?? [], cancellationToken);
        if (opened.Failed(out problem))
            return problem;
        _opened.AddRange(opened.Value);
        var examined = new List<ExaminedLog>();
        foreach (var log in opened.Value)
        {
            var one = await ExamineAsync(log.Source, cancellationToken);
            if (one.Failed(out problem))
                return problem;
            examined.Add(one.Value);
        }
        var twice = examined
            .GroupBy(one => one.Examined.Log?.Number)
            .FirstOrDefault(same => same.Key is not null && same.Count() > 1);
        return twice is null
            ? examined
            : Problem.Invalid($"log {twice.Key} is named twice: {string.Join(" and ", twice.Select(one => one.Name))}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _opened)
            await log.DisposeAsync();
        foreach (var folder in _fetched.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    private async Task<Result<ExaminedLog>> ExamineAsync(ILogSource source, CancellationToken cancellationToken)
    {
        // The newest checkpoint may have no cosignature yet: who asks for a witness's word takes the newest that has one.
        var read =
            source is AuditLogClient client && _witnesses.Count > 0
                ? await client.ReadWitnessedAsync(cancellationToken)
                : await source.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (SignedNote.Parse(read.Value.Span) is not { } note || Checkpoint.Parse(note) is not { } checkpoint)
            return Problem.Invalid($"{source.Name} shows a checkpoint that is none");
        var key = LogKeyFeature.Read(parsed, checkpoint.Origin, LogKeys.Own);
        if (key.Failed(out problem))
            return problem;
        if (key.Value is not { } known)
            return Problem.Invalid(
                $"the key of the log '{checkpoint.Origin}' is not known here: name it, or a file with the keys of all logs, as the operator gave it to you: --key"
            );
        // A log that is not signed by the key is not worth fetching.
        if (source is AuditLogClient && Checkpoint.Open(note, known.Key).Problem is null)
        {
            var fetched = await FetchAsync(source, note, checkpoint, cancellationToken);
            if (fetched.Failed(out problem))
                return problem;
            source = fetched.Value;
        }
        var examined = await EvidenceLog.ExamineAsync(
            new OtherCheckpoint(source, read.Value),
            new LogExpectation(known.Key) { Witnesses = _witnesses },
            cancellationToken
        );
        if (examined.Failed(out problem))
            return problem;
        if (examined.Value.Log is not null && known.IsNew && LogKeys.Own.Remember(known.Key).Failed(out var forgotten))
            OutputFeature.Say($"bascule: the key is not remembered: {forgotten.Message}");
        return new ExaminedLog(source.Name, known, examined.Value);
    }

    private async Task<Result<ILogSource>> FetchAsync(
        ILogSource source,
        SignedNote note,
        Checkpoint checkpoint,
        CancellationToken cancellationToken
    )
    {
        var folder = $"{file}.{Guid.NewGuid():N}.log";
        try
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
        _fetched.Add(folder);
        var copied = await new LogCopy(source, folder).RunAsync(note, checkpoint, cancellationToken);
        return copied.Failed(out var problem) ? problem : Result.Of<ILogSource>(new LogFolder(folder));
    }
}

/// <param name="Name">Where it is, for people.</param>
internal sealed record ExaminedLog(string Name, LogKey Key, Examined Examined);
