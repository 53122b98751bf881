using System.Globalization;
using System.Text;
using Bascule.Core.Audit;

namespace Bascule.Core.Evidence.Packing;

/// <summary>How to check the pack with what every machine has, and with Go's own verifiers.</summary>
internal static class VerifyPage
{
    private const string Resource = "evidence/";

    /// <summary>The program of samples/evidence-in-go.</summary>
    public static string Program => Read("verify.go");

    public static string Of(PackStory story)
    {
        var logs = story.Logs.Select(one =>
            string.Create(CultureInfo.InvariantCulture, $"- `log/{one.Log.Number}`: `{one.Log.Key}`")
        );
        return Read("VERIFY.md")
            .Replace("{logs}", string.Join('\n', logs), StringComparison.Ordinal)
            .Replace("{from}", AuditEntry.TimeText(story.Order.Range.From), StringComparison.Ordinal)
            .Replace("{to}", AuditEntry.TimeText(story.Order.Range.To), StringComparison.Ordinal)
            .Replace("{number}", Number(story.Logs[0].Log.Number), StringComparison.Ordinal);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Read(string name)
    {
        using var stream = typeof(VerifyPage).Assembly.GetManifestResourceStream(Resource + name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
