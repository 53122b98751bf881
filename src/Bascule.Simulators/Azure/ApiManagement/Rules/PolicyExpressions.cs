using System.Text;

namespace Bascule.Simulators.Azure.ApiManagement.Rules;

/// <summary>
/// Takes C# expressions, <c>@(...)</c> and <c>@{...}</c>, out of a text and puts them back. In their place stand characters of the private use area, which XML leaves
/// alone.
/// </summary>
internal sealed class PolicyExpressions
{
    private const char First = '\uE000';
    private const int Most = 6000;
    private readonly List<string> _taken = [];

    public IReadOnlyList<string> All => _taken;

    /// <summary>Null when an expression is not closed, or there are more than any policy has.</summary>
    public string? Take(string text)
    {
        var rest = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '@' || i + 1 == text.Length || text[i + 1] is not ('(' or '{'))
            {
                rest.Append(text[i]);
                continue;
            }
            var end = End(text, i + 1);
            if (end < 0 || _taken.Count == Most)
                return null;
            rest.Append((char)(First + _taken.Count));
            _taken.Add(text[i..(end + 1)]);
            i = end;
        }
        return rest.ToString();
    }

    public string PutBack(string text, Func<string, string> write)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var character in text)
            if (character >= First && character < First + _taken.Count)
                whole.Append(write(_taken[character - First]));
            else
                whole.Append(character);
        return whole.ToString();
    }

    /// <summary>Where the bracket that opens at <paramref name="start"/> closes; -1 when it does not.</summary>
    private static int End(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
            switch (text[i])
            {
                case '(' or '{' or '[':
                    depth++;
                    break;
                case ')' or '}' or ']' when --depth == 0:
                    return i;
                case '"' or '\'':
                    i = Literal(text, i);
                    if (i < 0)
                        return -1;
                    break;
                case '/' when i + 1 < text.Length && text[i + 1] == '/' && text[start] == '{':
                    i = After(text, "\n", i);
                    break;
                case '/' when i + 1 < text.Length && text[i + 1] == '*':
                    i = After(text, "*/", i);
                    break;
                default:
                    break;
            }
        return -1;
    }

    private static int After(string text, string end, int start) =>
        text.IndexOf(end, start, StringComparison.Ordinal) is >= 0 and var at ? at + end.Length - 1 : text.Length;

    private static int Literal(string text, int start)
    {
        var isVerbatim = text[start] == '"' && start > 0 && text[start - 1] == '@';
        for (var i = start + 1; i < text.Length; i++)
            if (text[i] == '\\' && !isVerbatim)
                i++;
            else if (text[i] == text[start])
            {
                if (!isVerbatim || i + 1 == text.Length || text[i + 1] != '"')
                    return i;
                i++;
            }
        return -1;
    }
}
