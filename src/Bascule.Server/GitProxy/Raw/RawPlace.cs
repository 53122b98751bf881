using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>Which commit the first parts of an address mean, and what is left of it: the path.</summary>
/// <param name="Ref">As it was asked for: HEAD, a full ref name, or a commit id.</param>
internal sealed record RawPlace(string Ref, CommitId Commit, IReadOnlyList<string> Path)
{
    private const string Head = "HEAD";
    private const string Refs = "refs";
    private const int FewestRefParts = 3;

    /// <summary>
    /// NotFound for a ref that is not among these, and for a commit that is not in the repository: a view holds what its refs lead to, and nothing else.
    /// No two refs fit one address, because git has no ref below another; the longest counts all the same.
    /// </summary>
    /// <param name="refs">Those that may be seen.</param>
    public static async Task<Result<RawPlace>> FindAsync(
        ObjectReader reader,
        IReadOnlyList<string> rest,
        IReadOnlyDictionary<RefName, CommitId> refs,
        string defaultBranch,
        CancellationToken cancellationToken
    )
    {
        if (CommitId.TryParse(rest[0], out var id))
            return await CommitAsync(reader, rest[0], $"{id}", rest, 1, cancellationToken);
        if (rest[0] == Head)
            return RefName.TryBranch(defaultBranch, out var branch) && refs.TryGetValue(branch, out var at)
                ? await CommitAsync(reader, Head, $"{at}^{{commit}}", rest, 1, cancellationToken)
                : RawAnswer.NotHere;
        for (var parts = rest[0] == Refs ? rest.Count - 1 : 0; parts >= FewestRefParts; parts--)
            if (
                RefName.TryParse(string.Join('/', rest.Take(parts)), out var name)
                && refs.TryGetValue(name, out var tip)
            )
                return await CommitAsync(reader, $"{name}", $"{tip}^{{commit}}", rest, parts, cancellationToken);
        return RawAnswer.NotHere;
    }

    private static async Task<Result<RawPlace>> CommitAsync(
        ObjectReader reader,
        string asked,
        string question,
        IReadOnlyList<string> rest,
        int parts,
        CancellationToken cancellationToken
    )
    {
        var head = (await reader.HeadsAsync([question], cancellationToken))[0];
        return head.Type == "commit"
            ? new RawPlace(asked, CommitId.Parse(head.Id), [.. rest.Skip(parts)])
            : RawAnswer.NotHere;
    }
}
