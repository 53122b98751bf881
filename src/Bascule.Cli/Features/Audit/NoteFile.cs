using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Cli.Features.Audit;

/// <summary>Checkpoints and proofs in files.</summary>
internal static class NoteFile
{
    /// <summary>A checkpoint, or that of a proof. Invalid for what is neither.</summary>
    public static Result<SignedNote> Read(string file)
    {
        var read = ReadBytes(file, LogProof.MostBytes);
        if (read.Failed(out var problem))
            return problem;
        return (LogProof.Parse(read.Value)?.Checkpoint ?? SignedNote.Parse((ReadOnlySpan<byte>)read.Value)) is { } note
            ? note
            : Problem.Invalid($"'{file}' is neither a checkpoint nor a .tlog-proof");
    }

    public static Result<byte[]> ReadBytes(string file, int most)
    {
        try
        {
            if (!File.Exists(file))
                return Problem.NotFound($"there is no '{file}'");
            return new FileInfo(file).Length <= most
                ? File.ReadAllBytes(file)
                : Problem.Invalid($"'{file}' has more than {most} bytes: it is not what is asked for");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {failure.Message}");
        }
    }
}
