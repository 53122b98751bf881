using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>A log as somebody has it: a server, a folder, a backup.</summary>
public interface ILogSource : ITiles
{
    /// <summary>Where it is, for people.</summary>
    string Name { get; }

    /// <summary>Whether it has tiles of hashes beside those of entries. Without them a fault is found and cannot be placed.</summary>
    bool HasHashes { get; }

    /// <summary>The checkpoint's bytes. NotFound where there is none.</summary>
    Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken);
}
