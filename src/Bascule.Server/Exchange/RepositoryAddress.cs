namespace Bascule.Server.Exchange;

/// <summary>Where a repository is at the Git proxy: <c>https://bascule.example.com/git/FORGE/OWNER/NAME.git</c>.</summary>
internal sealed record RepositoryAddress(string Forge, string Owner, string Name)
{
    private const string Suffix = ".git";
    private const int MaxLength = 1024;

    public string FullName => $"{Owner}/{Name}";

    /// <summary>Null for every other address. Compared letter for letter: there is one way to write it.</summary>
    public static RepositoryAddress? Read(string text, Uri publicUrl)
    {
        var start = Start(publicUrl);
        if (
            text.Length > MaxLength
            || !text.StartsWith(start, StringComparison.Ordinal)
            || !text.EndsWith(Suffix, StringComparison.Ordinal)
            || text.Length < start.Length + Suffix.Length
            || !text.All(letter => char.IsAsciiLetterOrDigit(letter) || "/:.-_[]".Contains(letter))
        )
            return null;
        return
            text[start.Length..^Suffix.Length].Split('/') is [var forge, var owner, var name]
            && new[] { forge, owner, name }.All(part => part is not ("" or "." or ".."))
            ? new RepositoryAddress(forge, owner, name)
            : null;
    }

    public string Write(Uri publicUrl) => $"{Start(publicUrl)}{Forge}/{FullName}{Suffix}";

    private static string Start(Uri publicUrl) => publicUrl.OriginalString.TrimEnd('/') + "/git/";
}
