using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>A log held against a checkpoint that is not the one beside it: one that was read before, or kept elsewhere.</summary>
public sealed class OtherCheckpoint(ILogSource source, ReadOnlyMemory<byte> checkpoint) : ILogSource
{
    public string Name => source.Name;

    public bool HasHashes => source.HasHashes;

    public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Result.Of(checkpoint));

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
        source.ReadAsync(name, cancellationToken);
}
