using System.Text;
using System.Text.RegularExpressions;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Discovery;

/// <summary>
/// One line of <c>.airflowignore</c>. It comes out of a repository: expressions are matched in time that grows with the path alone, never by trying again (THREATS T51).
/// </summary>
/// <param name="Pattern">Searched for in the path that <see cref="IsMatch"/> makes.</param>
/// <param name="Base">The folder that paths are compared below; null for the last part of the path alone.</param>
/// <param name="Takes">False: what matches is read after all.</param>
/// <param name="FoldersOnly">Whether a file never matches.</param>
internal sealed record IgnoreRule(Regex Pattern, string? Base, bool Takes, bool FoldersOnly)
{
    private const RegexOptions Bounded = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <param name="line">Without its comment.</param>
    /// <param name="folder">Of the file that holds the line.</param>
    /// <returns>Null when it cannot be understood.</returns>
    public static IgnoreRule? Parse(string line, string folder, IgnoreSyntax syntax)
    {
        try
        {
            return syntax is IgnoreSyntax.Regexp ? OfExpression(line) : OfGlob(line, folder);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public bool IsMatch(string path, bool isFolder)
    {
        if (FoldersOnly && !isFolder)
            return false;
        if (Base is null)
            return Pattern.IsMatch(path[(path.LastIndexOf('/') + 1)..]);
        return Base.Length == 0
            ? Pattern.IsMatch(path)
            : path.StartsWith(Base + "/", StringComparison.Ordinal) && Pattern.IsMatch(path[(Base.Length + 1)..]);
    }

    /// <summary>Searched for in the whole path below the top folder, wherever the file stands.</summary>
    private static IgnoreRule OfExpression(string line) => new(new Regex(line, Bounded), "", true, false);

    private static IgnoreRule OfGlob(string line, string folder)
    {
        var takes = !line.StartsWith('!');
        var text = takes ? line : line[1..];
        var body = text.TrimEnd('/');
        var isPlaced = body.Contains('/', StringComparison.Ordinal);
        return new IgnoreRule(
            new Regex($@"\A{Translate(body.TrimStart('/'))}\z", Bounded),
            isPlaced ? folder : null,
            takes,
            text.EndsWith('/')
        );
    }

    private static string Translate(string glob)
    {
        var parts = glob.Split('/');
        var expression = new StringBuilder();
        for (var index = 0; index < parts.Length; index++)
        {
            var isLast = index == parts.Length - 1;
            if (parts[index] == "**")
                expression.Append(isLast ? ".+" : "(?:[^/]+/)*");
            else
                expression.Append(TranslatePart(parts[index])).Append(isLast ? "" : "/");
        }
        return expression.ToString();
    }

    private static string TranslatePart(string part)
    {
        var expression = new StringBuilder();
        for (var at = 0; at < part.Length; at++)
        {
            var close = part[at] == '[' ? part.IndexOf(']', Math.Min(part.Length, at + 2)) : -1;
            if (close > 0)
            {
                expression.Append(TranslateSet(part[(at + 1)..close]));
                at = close;
            }
            else if (part[at] == '\\' && at + 1 < part.Length)
                expression.Append(Regex.Escape(part[++at].ToString()));
            else
                expression.Append(
                    part[at] switch
                    {
                        '*' => "[^/]*",
                        '?' => "[^/]",
                        var plain => Regex.Escape(plain.ToString()),
                    }
                );
        }
        return expression.ToString();
    }

    private static string TranslateSet(string set)
    {
        var isNot = set[0] is '!' or '^';
        var inside = (isNot ? set[1..] : set)
            .Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal);
        return $"[{(isNot ? "^/" : "")}{inside}]";
    }
}
