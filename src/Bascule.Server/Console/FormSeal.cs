using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>
/// What every form that changes something sends along: only a page of ours that was shown to this very session can hold it. It stands beside the rule that
/// no other site's page changes anything, for browsers that say nothing about sites (THREATS T109). A digest of the session's token, so nothing is kept.
/// </summary>
internal static class FormSeal
{
    public const string Field = "seal";

    /// <summary>Null for a request without a browser's session.</summary>
    public static string? Of(HttpContext context) =>
        CookieOf(context) is { } token
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bascule form:{token.Reveal()}")))
            : null;

    /// <summary>Programs present their token by themselves and need none; a browser's cookie comes along with whatever is sent.</summary>
    public static bool Fits(HttpContext context, IFormCollection form) =>
        CookieOf(context) is null
        || CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(context)!),
            Encoding.UTF8.GetBytes(form[Field].ToString())
        );

    private static Secret? CookieOf(HttpContext context) =>
        WhoAsks.Read(context) is { IsLocal: false } proof
        && proof.Token.Reveal().StartsWith(SessionTokens.CookiePrefix, StringComparison.Ordinal)
            ? proof.Token
            : null;
}
