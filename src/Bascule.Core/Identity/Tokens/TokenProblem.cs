using Bascule.Core.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>Refusals of tokens. What a token says of itself is quoted on one short line, never the token.</summary>
internal static class TokenProblem
{
    private const int MaxQuoted = 200;

    public static Problem Malformed(string why) => Problem.Unauthenticated($"the token is not acceptable: {why}");

    public static Problem Refused(string issuer, string why) =>
        Problem.Unauthenticated($"the token of {issuer} is refused: {why}");

    public static string Quote(string text) => $"'{PlainText.Line(text, MaxQuoted)}'";
}
