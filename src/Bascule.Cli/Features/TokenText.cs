using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Tokens for git as people read them in a terminal (THREATS T76).</summary>
internal static class TokenText
{
    public static string List(GitTokenList list) =>
        list.Tokens.Count == 0 ? "No token for git is good now." : string.Join('\n', list.Tokens.Select(Line));

    public static string Revoked(GitTokenRecord token) =>
        token.RevokedAt is { } at
            ? $"{token.Uid} of {token.Holder} is revoked since {Time(at)}: it opens nothing any more"
            : $"{token.Uid} is not revoked; run it again";

    private static string Line(GitTokenRecord token) =>
        $"{token.Uid}  until {Time(token.ExpiresAt)}  {string.Join(" and ", token.Verbs)}  {Clean(token.Repository)}\n"
        + $"    {token.Holder}  {Clean(token.Issuer)}#{Clean(token.Subject)}\n"
        + $"    by trust_policies.{Clean(token.Policy)}, on {Clean(string.Join(", ", token.Refs))}";

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
