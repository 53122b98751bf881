using Bascule.Core.Forges;

namespace Bascule.Core.Deployments;

/// <summary>
/// The branches by which Bascule proposes to take a rolled back commit back in the repository too: <c>bascule/revert-COMMIT</c>. Only Bascule makes them, and
/// nothing runs for them.
/// </summary>
public static class RevertBranch
{
    /// <summary>What the name of each begins with.</summary>
    public const string Prefix = "refs/heads/bascule/revert-";

    /// <summary>The names that it may have, the first choice first: one commit may be rolled back in several environments.</summary>
    public static IReadOnlyList<RefName> NamesOf(CommitId bad, string environment) =>
        [RefName.Parse(Prefix + bad.Short), RefName.Parse($"{Prefix}{bad.Short}-{environment}")];

    public static bool IsReserved(RefName name) => name.ToString().StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The same for a branch without <c>refs/heads/</c>.</summary>
    public static bool IsReserved(string branch) =>
        branch.StartsWith(Prefix["refs/heads/".Length..], StringComparison.Ordinal);
}
