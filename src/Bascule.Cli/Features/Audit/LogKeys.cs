using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Cli.Features.Audit;

/// <summary>
/// The keys of logs that this user has named before, one a line (<c>$XDG_CONFIG_HOME/bascule/log-keys</c>), as ssh keeps hosts: a log keeps its key for ever, so
/// another one under the same name is refused.
/// </summary>
internal sealed class LogKeys(string file)
{
    public static LogKeys Own { get; } = new(Path.Combine(SavedSessions.ConfigFolder(), "bascule", "log-keys"));

    /// <summary>Null where none is known.</summary>
    public NoteKey? Find(string origin) =>
        Lines()
            .Select(NoteKey.Parse)
            .Where(read => read.Problem is null)
            .Select(read => read.Value)
            .FirstOrDefault(key => key.Name == origin);

    /// <summary>Conflict where another one is known for this log.</summary>
    public Result<Done> Remember(NoteKey key)
    {
        if (Find(key.Name) is { } known)
            return known.ToString() == key.ToString() ? Result.Done : Other(known, key);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var turn = FileTurn.Take($"{file}.lock");
            File.AppendAllLines(file, [key.ToString()]);
            return Result.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
    }

    private Problem Other(NoteKey known, NoteKey key) =>
        Problem.Conflict(
            $"for the log '{key.Name}' the key {known} is known here, and not {key}: a log keeps its key for ever. If the known one is wrong, take its line out of {file}"
        );

    private string[] Lines()
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
