using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>What an HTTP status means to us.</summary>
internal static class StatusProblem
{
    private const int MaxWords = 200;

    public static Problem Of(OutboundAnswer answer, string said) =>
        answer.Status switch
        {
            401 => Problem.Unauthenticated($"{answer.Failing}: the credential is not accepted (401){said}; replace it"),
            403 => Problem.Denied($"{answer.Failing}: the account lacks the right to (403){said}; grant it"),
            404 or 410 => Problem.NotFound(
                $"{answer.Failing}: it is not there, or hidden from the account ({answer.Status}){said}"
            ),
            409 or 412 => Problem.Conflict(
                $"{answer.Failing}: it conflicts with what is there ({answer.Status}){said}"
            ),
            429 => Problem.Limited(
                $"{answer.Failing}: too many calls (429){said}; it is tried again",
                answer.RetryAfter
            ),
            408 or 425 or >= 500 => Problem.Unavailable(
                $"{answer.Failing}: the server failed ({answer.Status}){said}; it is tried again",
                answer.RetryAfter
            ),
            _ => Problem.Invalid($"{answer.Failing}: the server refused the request ({answer.Status}){said}"),
        };

    /// <summary>Words of another system, made fit for a message: no control or format characters, one line, not long.</summary>
    public static string Clean(string words)
    {
        var clean = new StringBuilder();
        foreach (var rune in words.EnumerateRunes().Take(MaxWords))
            clean.Append(Rune.IsControl(rune) || rune.Value is '"' || IsFormat(rune) ? " " : rune.ToString());
        return clean.ToString().Trim();
    }

    private static bool IsFormat(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator;
}
