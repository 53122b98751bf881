namespace Bascule.Core.Content;

/// <summary>What came of checking a commit's signature by some keys.</summary>
/// <param name="Fingerprint">Of the key, among those, whose signature it is; null when it is none's.</param>
/// <param name="Because">For people, when there is none: why.</param>
public sealed record CommitSignature(string? Fingerprint, string Because)
{
    public static CommitSignature By(string fingerprint) => new(fingerprint, "");

    public static CommitSignature None(string because) => new(null, because);
}
