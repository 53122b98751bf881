namespace Bascule.Core.Audit.Log;

/// <summary>Where the tiles of one log are read: a database, a folder, an address.</summary>
public interface ITiles
{
    /// <summary>
    /// The tile's bytes as c2sp.org/tlog-tiles lays them out; of a partial tile exactly as many hashes or entries as its name says.
    /// NotFound where it is missing, Unavailable where it cannot be read now.
    /// </summary>
    Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken);
}
