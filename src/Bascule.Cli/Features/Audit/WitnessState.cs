using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Features.Audit;

/// <summary>The last checkpoint that a witness has seen of one log. It is on the disk before the witness signs, so it never signs two that do not agree.</summary>
internal sealed class WitnessState(string file)
{
    /// <summary>One run at a time. Unavailable where another one takes too long.</summary>
    public Result<IDisposable> TakeTurn()
    {
        try
        {
            return FileTurn.Take($"{file}.lock");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable(
                $"another run of this witness holds '{file}.lock', or it cannot be made: {failure.Message}"
            );
        }
    }

    /// <summary>Null before the first run.</summary>
    public Result<SignedNote?> Read()
    {
        if (!File.Exists(file))
            return Result.Of<SignedNote?>(null);
        var note = NoteFile.Read(file);
        return note.Failed(out var problem)
            ? Problem.Conflict(
                $"what this witness saw last cannot be told, so it signs nothing: {problem.Message}. Put '{file}' back from a copy; without it the witness would begin anew and vouch for a rewritten log"
            )
            : Result.Of<SignedNote?>(note.Value);
    }

    public Result<Done> Keep(SignedNote note)
    {
        try
        {
            Write(file, note);
            return Result.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written, so nothing is signed: {failure.Message}");
        }
    }

    /// <summary>Both checkpoints, kept for whoever has to judge. The names of their files.</summary>
    public Result<string> KeepEvidence(SignedNote known, SignedNote shown, DateTimeOffset at)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{file}.fork-{at:yyyyMMdd'T'HHmmssfff'Z'}");
        try
        {
            Write($"{stem}.known", known);
            Write($"{stem}.shown", shown);
            return $"'{stem}.known' and '{stem}.shown'";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{stem}.known' cannot be written: {failure.Message}");
        }
    }

    private static void Write(string path, SignedNote note) =>
        DurableFile.Write(path, Encoding.UTF8.GetBytes(note.ToString()));
}
