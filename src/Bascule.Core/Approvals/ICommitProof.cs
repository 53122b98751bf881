using Bascule.Core.Forges;

namespace Bascule.Core.Approvals;

/// <summary>Whether a commit is proven by itself: pushed through Bascule by a person, or signed by a key that an account linked to one holds (ARCHITECTURE 6).</summary>
public interface ICommitProof
{
    /// <summary>Who pushed it, or signed it with what, or why nothing proves it. Unavailable when it cannot be told now.</summary>
    Task<Result<CommitProof>> FindAsync(RepositoryKey repository, CommitId commit, CancellationToken cancellationToken);
}

/// <param name="By">Null when nothing proves the commit.</param>
/// <param name="Because">For people, when nothing does: why.</param>
public sealed record CommitProof(ProvenBy? By, string Because)
{
    public static CommitProof None(string because) => new(null, because);
}

/// <summary>Who it is that proves a commit.</summary>
/// <param name="PersonUid">A pseudonym.</param>
/// <param name="Fingerprint">Of the key that they have confirmed; the id of their push where it was pushed through Bascule.</param>
public sealed record ProvenBy(string PersonUid, string Fingerprint)
{
    private const string Pushed = "pushed through Bascule by ";
    private const string Signed = "signed by ";
    private const string With = " with ";

    public bool IsPush { get; init; }

    /// <summary>Reads back what <see cref="ToString"/> wrote into a run's timeline when the run was started.</summary>
    public static ProvenBy? Read(string text)
    {
        var isPush = text.StartsWith(Pushed, StringComparison.Ordinal);
        if (!isPush && !text.StartsWith(Signed, StringComparison.Ordinal))
            return null;
        var parts = isPush ? text[Pushed.Length..].TrimEnd(')').Split(" (", 2) : text[Signed.Length..].Split(With, 2);
        return parts is [{ Length: > 0 } person, { Length: > 0 } by]
            ? new ProvenBy(person, by) { IsPush = isPush }
            : null;
    }

    public override string ToString() =>
        IsPush ? $"{Pushed}{PersonUid} ({Fingerprint})" : $"{Signed}{PersonUid}{With}{Fingerprint}";
}
