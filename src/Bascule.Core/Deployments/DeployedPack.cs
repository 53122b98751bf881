using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Deployments;

/// <summary>
/// What the store keeps of one deployed commit: a pack of git (gitformat-pack) with every object that it leads to and that no pack of that place before it has. With
/// these it can be served by a replica, or from a backup, though forge and mirror are gone.
/// </summary>
/// <param name="Number">Rising within a place; whoever wants the commit needs all packs up to this one.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Over the bytes, in lower-case hex.</param>
public sealed record DeployedPack(DeployPlace Place, long Number, CommitId Commit, long Size, string Sha256)
{
    /// <summary>Of each part but the last, in bytes.</summary>
    public const int PartBytes = 1024 * 1024;

    /// <summary>In how many parts it is stored.</summary>
    public int Parts => (int)((Size + PartBytes - 1) / PartBytes);
}

/// <summary>Keeps a pack. Conflict when there is one of that number at the place.</summary>
/// <param name="Bytes">All of it.</param>
public sealed record KeepDeployedPack(DeployedPack Pack, ReadOnlyMemory<byte> Bytes) : Change;

/// <summary>Drops every pack of a place: one that is kept after it holds what its own commit leads to.</summary>
public sealed record ForgetDeployedPacks(DeployPlace Place) : Change;
