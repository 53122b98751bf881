using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Collectors as people read them in a terminal (THREATS T76).</summary>
internal static class CollectorText
{
    private const int MostLetters = 10;

    public static string List(CollectorList list) =>
        list.Collectors.Count == 0
            ? "No collectors. Name them in the settings, under audit.collectors"
            : string.Join('\n', list.Collectors.SelectMany(one => Lines(one, list.Entries)));

    public static string Replayed(CollectorRecord one) =>
        one.Letters == 0
            ? $"{Clean(one.Name)}: nothing is set aside any more"
            : string.Join(
                '\n',
                [
                    string.Create(CultureInfo.InvariantCulture, $"{Clean(one.Name)}: {one.Letters} still set aside"),
                    .. Letters(one),
                ]
            );

    private static IEnumerable<string> Lines(CollectorRecord one, long entries)
    {
        yield return $"{Clean(one.Name)}  {Clean(one.Kind)}  {Clean(one.Target)}{(one.Required ? "  required" : "")}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"    acknowledged {one.Acknowledged} of {entries} entries{(one.ShippedAt is { } at ? $", the last at {Time(at)}" : "")}"
        );
        if (one.Failure is { } failure)
            yield return $"    waits{(one.FailingSince is { } since ? $" since {Time(since)}" : "")}: {Clean(failure)}";
        foreach (var line in Letters(one))
            yield return line;
        foreach (var warning in one.Warnings)
            yield return $"    note: {Clean(warning)}";
    }

    private static IEnumerable<string> Letters(CollectorRecord one)
    {
        foreach (var letter in one.SetAside.Take(MostLetters))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    set aside: entry {letter.Index}, refused {letter.Tries} times, {Time(letter.At)}: {Clean(letter.Reason)}"
            );
        if (one.Letters > MostLetters)
            yield return string.Create(CultureInfo.InvariantCulture, $"    and {one.Letters - MostLetters} more");
    }

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
