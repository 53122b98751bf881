namespace Bascule.Core.Forges;

/// <summary>A full Git object id of a commit: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits, never abbreviated.</summary>
public readonly record struct CommitId
{
    private readonly string? _hex;

    private CommitId(string hex) => _hex = hex;

    /// <summary>Whether it is the all-zero id by which forges say "no commit": before a creation, after a deletion.</summary>
    public bool IsZero => _hex is null || _hex.AsSpan().IndexOfAnyExcept('0') < 0;

    /// <summary>The first eight digits, for people only.</summary>
    public string Short => ToString()[..8];

    public static bool TryParse(string? text, out CommitId id)
    {
        var valid = text is { Length: 40 or 64 } && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;
        id = valid ? new CommitId(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not a full lower-case object id.</exception>
    public static CommitId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a full commit id");

    public override string ToString() => _hex ?? new string('0', 40);
}
