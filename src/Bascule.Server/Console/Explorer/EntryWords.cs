using System.Reflection;
using System.Text;
using Bascule.Core.Audit;

namespace Bascule.Server.Console.Explorer;

/// <summary>How the pages of the audit log write things of entries.</summary>
internal static class EntryWords
{
    /// <summary>Those whose own word does not read well.</summary>
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        [AuditTypes.FormerSecretUsed] = "Former secret used",
        [AuditTypes.SignInsRefused] = "Sign-ins refused",
        [AuditTypes.GitFileRead] = "File read",
        [AuditTypes.LfsRead] = "LFS object read",
        [AuditTypes.LfsWritten] = "LFS object written",
        [AuditTypes.GlassReviewed] = "Bypass of approval reviewed",
        [AuditTypes.GlassUnreviewed] = "Bypass of approval unreviewed",
    };

    /// <summary>Every type that this version writes.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        .. typeof(AuditTypes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What an entry can be found by: the links that belong to one thing.</summary>
    public static IReadOnlyList<string> Links { get; } =
    ["run", "delivery", "push", "repository", "call", "token", "git_token", "session"];

    /// <summary><c>run.decided</c> is <i>Run decided</i>; a type of a later version is written by the same rule.</summary>
    public static string OfType(string type)
    {
        if (Own.TryGetValue(type, out var own))
            return own;
        if (type.Length == 0)
            return "Unreadable entry";
        var words = Show.Line(type.Replace('.', ' ').Replace('_', ' '));
        return words.Length == 0 ? "Unreadable entry" : char.ToUpperInvariant(words[0]) + words[1..];
    }

    public static string OfLink(string name) => Show.Line(name.Replace('_', ' '));

    /// <summary>An entry's bytes, so that each can be told: whatever is not printable ASCII is written as <c>\u</c> and its number (THREATS T113).</summary>
    public static string Bytes(ReadOnlySpan<byte> entry)
    {
        var text = new StringBuilder(entry.Length);
        foreach (var letter in Encoding.UTF8.GetString(entry))
        {
            if (letter is >= ' ' and <= '~')
                text.Append(letter);
            else
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }
        return text.ToString();
    }

    /// <summary>The page with every entry that shares this link, and what hangs together with them.</summary>
    public static string StoryOf(string link, string value) => $"audit/story?{link}={Uri.EscapeDataString(value)}";

    /// <summary>The page of the thing itself; null where the console has none.</summary>
    public static string? PageOf(EntryField link) =>
        link.Name switch
        {
            "run" when Core.Runs.RunId.IsWellFormed(link.Value) => $"runs/{link.Value}",
            "repository" => $"./?repository={Uri.EscapeDataString(link.Value)}",
            "delivery" => "deliveries",
            _ => null,
        };
}
