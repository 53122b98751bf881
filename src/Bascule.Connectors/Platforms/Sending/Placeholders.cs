using System.Text.RegularExpressions;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>
/// <c>{{run}}</c> and its kin in what a platform is sent. A platform's own references, such as <c>{{job.run_id}}</c>, have a dot and pass through untouched.
/// </summary>
internal static partial class Placeholders
{
    public const string Run = "run";
    public const string Commit = "commit";
    public const string Model = "model";
    public const string Experiment = "experiment";

    private static readonly string[] Known = [Run, Commit, Model, Experiment];

    public static string KnownText => string.Join(", ", Known.Select(name => $"{{{{{name}}}}}"));

    /// <summary>The first placeholder that nobody knows, as written; null when there is none.</summary>
    /// <param name="theirs">How references begin that the platform itself understands.</param>
    public static string? Unknown(string text, IReadOnlyList<string> theirs) =>
        Pattern().Matches(text).FirstOrDefault(match => !IsKnown(Name(match), theirs))?.Value;

    /// <summary>The first placeholder that Bascule replaces, as written; null when there is none.</summary>
    public static string? Own(string text) =>
        Pattern().Matches(text).FirstOrDefault(match => Known.Contains(Name(match)))?.Value;

    public static bool Uses(string text, string name) => Pattern().Matches(text).Any(match => Name(match) == name);

    /// <summary>One pass: what a value brings in is not looked at again.</summary>
    public static string Replace(string text, IReadOnlyDictionary<string, string> values) =>
        Pattern().Replace(text, match => values.GetValueOrDefault(Name(match), match.Value));

    private static bool IsKnown(string name, IReadOnlyList<string> theirs) =>
        Known.Contains(name) || theirs.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string Name(Match match) => match.Groups["name"].Value.Trim();

    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
