namespace Bascule.Core.Forges;

/// <summary>The role of a forge that can make a merge wait for commit statuses (Gitea, Forgejo; not Gogs).</summary>
public interface IBranchProtection
{
    /// <summary>The rule of this branch alone; null when there is none. Conflict when a rule for several branches governs it: that is its owner's to change.</summary>
    Task<Result<BranchProtection?>> FindProtectionAsync(
        ForgeRepository repository,
        RefName branch,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Has merges into the branch wait for these contexts too. What the rule says beside them stays as it is, which is read back and compared: Conflict
    /// when the forge has changed anything else. Without a rule one is made that goes on taking pushes.
    /// </summary>
    Task<Result<Done>> RequireStatusesAsync(
        ForgeRepository repository,
        RefName branch,
        IReadOnlyCollection<string> contexts,
        CancellationToken cancellationToken
    );
}

/// <param name="ChecksStatuses">Whether the contexts count at all: a forge keeps them while that is switched off.</param>
/// <param name="TakesPushes">Whether anybody may push past pull requests.</param>
public sealed record BranchProtection(IReadOnlyList<string> Contexts, bool ChecksStatuses, bool TakesPushes)
{
    public bool Requires(string context) => ChecksStatuses && Contexts.Contains(context, StringComparer.Ordinal);
}
