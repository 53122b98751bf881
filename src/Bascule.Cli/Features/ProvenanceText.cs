using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Provenance.Checking;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Statements and keys as people read them in a terminal (THREATS T76).</summary>
internal static class ProvenanceText
{
    private const int LabelWidth = 18;

    public static string Keys(ProvenanceKeyList list) =>
        string.Join(
            '\n',
            list.Keys.Select(key =>
                $"{key.Id}  {key.State, -7}  {PlainText.Line(key.Place, 200)}  from {Time(key.From)}{(key.Until is { } until ? $" until {Time(until)}" : "")}"
            )
        );

    public static string Rotated(ProvenanceKeyRecord key) =>
        key.State == "signing"
            ? $"key {key.Id} signs from now on; fetch the keys anew: /provenance/keys"
            : $"key {key.Id} is published at /provenance/keys and signs from {Time(key.From)} on; the present one signs until then";

    public static string Verified(IReadOnlyList<Result<CheckedStatement>> results)
    {
        var text = new StringBuilder();
        foreach (var result in results)
        {
            if (text.Length > 0)
                text.AppendLine();
            if (result.Failed(out var problem))
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"DOES NOT VERIFY: {PlainText.Line(problem.Message, 500)}"
                );
            else
                Append(text, result.Value);
        }
        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, CheckedStatement statement)
    {
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"verified: {PlainText.Line(statement.Statement.PredicateType, 200)}, signed by key {statement.Key.Id[..12]}{(statement.At is { } at ? $" at {Time(at)}" : "")}"
        );
        foreach (var line in StatementStory.Of(statement.Statement))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {line.Label.PadRight(LabelWidth)}{line.Text}");
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
