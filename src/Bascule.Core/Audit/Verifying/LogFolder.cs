using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>A log in a folder, laid out as c2sp.org/tlog-tiles has it beneath a log's address: what <c>bascule audit export</c> writes.</summary>
public sealed class LogFolder(string folder) : ILogSource
{
    public const string CheckpointName = "checkpoint";

    /// <summary>More than any tile has: 256 entries of 65,535 bytes, each with its length.</summary>
    private const int MostBytes = TileName.FullWidth * (ushort.MaxValue + 1 + sizeof(ushort));

    public string Name => folder;

    public bool HasHashes => true;

    public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
        ReadAsync(CheckpointName, cancellationToken);

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
        NarrowTile.ReadAsync(name, exact => ReadAsync(exact.Path, cancellationToken));

    private async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        try
        {
            if (!file.Exists)
                return Problem.NotFound($"there is no '{file.FullName}'");
            return file.Length <= MostBytes
                ? (ReadOnlyMemory<byte>)await File.ReadAllBytesAsync(file.FullName, cancellationToken)
                : Problem.Invalid($"'{file.FullName}' has {file.Length} bytes: that is no tile and no checkpoint");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file.FullName}' cannot be read: {failure.Message}");
        }
    }
}
