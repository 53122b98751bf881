using System.Text.RegularExpressions;

namespace Bascule.Server.Console.Explorer;

/// <summary>Whose pseudonyms these are, for whoever may see people; for others it knows nobody.</summary>
public sealed partial class KnownNames(IReadOnlyDictionary<string, string> byUid)
{
    /// <summary>The name of whom a text names by their pseudonym alone, as <c>p-…</c> or <c>person:p-…</c>; null for any other text.</summary>
    public string? Of(string text) => UidIn(text) is { } uid ? byUid.GetValueOrDefault(uid) : null;

    internal static string? UidIn(string text) =>
        Pseudonym().Match(text) is { Success: true } found ? found.Groups["uid"].Value : null;

    internal static IEnumerable<string> UidsIn(EntryView entry) =>
        entry.Facts.Select(fact => fact.Value).Prepend(entry.Actor).Select(UidIn).OfType<string>();

    [GeneratedRegex(
        "^(person:|workload:)?(?<uid>[pw]-[a-z2-7]{16})$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Pseudonym();
}
