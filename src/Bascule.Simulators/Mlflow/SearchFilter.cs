using System.Globalization;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Mlflow;

/// <summary>A search's filter: comparisons joined by AND, as MLflow's search syntax has them (without IN).</summary>
internal sealed partial class SearchFilter
{
    private readonly List<Clause> _clauses = [];

    /// <returns>Null when the text is not a filter.</returns>
    public static SearchFilter? Parse(string? text)
    {
        var filter = new SearchFilter();
        if (string.IsNullOrWhiteSpace(text))
            return filter;
        for (var at = 0; ; )
        {
            var match = Comparison().Match(text, at);
            if (!match.Success)
                return null;
            filter._clauses.Add(Clause.From(match));
            at += match.Length;
            if (at == text.Length)
                return filter;
            var and = And().Match(text, at);
            if (!and.Success)
                return null;
            at += and.Length;
        }
    }

    /// <param name="lookUp">Value of an entity's key: text, number, or null when it has none.</param>
    public bool Matches(Func<string, string, object?> lookUp) =>
        _clauses.TrueForAll(c => c.Holds(lookUp(c.Entity, c.Key)));

    [GeneratedRegex(
        """\G\s*(?:(?<entity>\w+)\.)?(?:`(?<key>[^`]+)`|"(?<key>[^"]+)"|(?<key>[\w./-]+))\s*(?<op>!=|>=|<=|=|>|<|\bI?LIKE\b)\s*(?:'(?<text>[^']*)'|"(?<text>[^"]*)"|(?<number>-?\d[\d.eE+-]*))\s*""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\GAND\s+", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex And();

    private sealed record Clause(string Entity, string Key, string Operator, string? Text, double Number)
    {
        public static Clause From(Match match) =>
            new(
                match.Groups["entity"].Value.ToLowerInvariant() is { Length: > 0 } entity ? entity : "attributes",
                match.Groups["key"].Value,
                match.Groups["op"].Value.ToUpperInvariant(),
                match.Groups["text"] is { Success: true } text ? text.Value : null,
                double.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : double.NaN
            );

        public bool Holds(object? value) =>
            value switch
            {
                string found when Text is not null => Holds(found),
                double found when Text is null => Holds(found.CompareTo(Number)),
                _ => false,
            };

        private bool Holds(string found) =>
            Operator switch
            {
                "LIKE" => Like(found, RegexOptions.None),
                "ILIKE" => Like(found, RegexOptions.IgnoreCase),
                _ => Holds(string.CompareOrdinal(found, Text)),
            };

        private bool Holds(int order) =>
            Operator switch
            {
                "=" => order == 0,
                "!=" => order != 0,
                ">" => order > 0,
                ">=" => order >= 0,
                "<" => order < 0,
                "<=" => order <= 0,
                _ => false,
            };

        private bool Like(string found, RegexOptions options) =>
            Regex.IsMatch(
                found,
                "^" + Regex.Escape(Text!).Replace("%", ".*", StringComparison.Ordinal) + "\\z",
                options | RegexOptions.Singleline,
                TimeSpan.FromSeconds(1)
            );
    }
}
