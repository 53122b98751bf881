using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>Whether a log only grew between two of its checkpoints, proven by its tiles of hashes alone.</summary>
public static class Growth
{
    /// <summary>
    /// Conflict where the later checkpoint does not extend the earlier one: the log was rewritten, forked, or put back. Whatever keeps the tiles from being read
    /// otherwise. The tiles need not be trusted: the checkpoints' roots judge them.
    /// </summary>
    public static async Task<Result<Done>> CheckAsync(
        ITiles tiles,
        Checkpoint earlier,
        Checkpoint later,
        CancellationToken cancellationToken
    )
    {
        if (earlier.Origin != later.Origin)
            return Problem.Invalid($"the log '{earlier.Origin}' was known here, and this is '{later.Origin}'");
        if (later.Size < earlier.Size)
            return Problem.Conflict(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the log '{later.Origin}' was put back: it had {earlier.Size} entries, and shows {later.Size}"
                )
            );
        var path = await new TileTree(tiles, later.Size).ConsistencyAsync(earlier.Size, cancellationToken);
        if (path.Failed(out var unread))
            return unread;
        return TreeProof.Extends(earlier.Root, earlier.Size, later.Root, later.Size, path.Value)
            ? Result.Done
            : Problem.Conflict(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the log '{later.Origin}' forked: its checkpoint of {later.Size} entries (root {later.Root}) does not extend the one of {earlier.Size} entries (root {earlier.Root}) that was known"
                )
            );
    }
}
