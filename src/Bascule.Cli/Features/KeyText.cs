using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Keys as people read them in a terminal (THREATS T76).</summary>
internal static class KeyText
{
    public static string List(AccountKeyList list)
    {
        var lines = list.Keys.Select(Line).Concat(list.Unread.Select(problem => $"! {Clean(problem)}")).ToList();
        return lines.Count == 0
            ? "No linked account of yours shows a key. Add one there as an SSH key, then run this again."
            : string.Join('\n', lines);
    }

    private static string Line(AccountKeyRecord key) =>
        $"{(key.Counts ? "confirmed" : "         ")}  {Clean(key.Forge)}:{Clean(key.Account)}  {Clean(key.Kind)}  {Clean(key.Fingerprint)}  {Clean(key.Title)}"
        + (key.Because is null ? "" : $"\n           {Clean(key.Because)}");

    private static string Clean(string text) => PlainText.Line(text, 500);
}
