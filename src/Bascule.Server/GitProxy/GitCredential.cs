using System.Text;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Reads the token of a request: the password of HTTP Basic under any user name, or a bearer token (THREATS T87). Never out of an address (T92).</summary>
internal static class GitCredential
{
    private const int MaxLength = 8192;
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    private const string Leaked =
        "a token in an address ends up in logs, histories and configuration files: revoke that one now and get another; "
        + "send it as the password of HTTP Basic or as Authorization: Bearer";

    /// <summary>Unauthenticated when there is none. The text of it is for people: it never repeats what was sent.</summary>
    public static Result<Secret> Read(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ Length: <= MaxLength } header])
            return Missing;
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Token(header[Bearer.Length..].Trim());
        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            ? Password(header[Basic.Length..].Trim())
            : Missing;
    }

    /// <summary>Whether somebody put a credential into the query, whatever it is called.</summary>
    public static Problem? InQuery(HttpRequest request) =>
        request.Query.Keys.Any(IsCredential) ? Problem.Invalid(Leaked) : null;

    private static Problem Missing =>
        Problem.Unauthenticated(
            "send a token of Bascule as the password of HTTP Basic, under any user name, or as Authorization: Bearer"
        );

    private static Result<Secret> Password(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return Missing;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':', StringComparison.Ordinal) switch
        {
            < 0 => Missing,
            // What git sends for https://token@host: the token is no user name.
            var at when at == pair.Length - 1 => at == 0 ? Missing : Problem.Unauthenticated(Leaked),
            var at => Token(pair[(at + 1)..]),
        };
    }

    private static Result<Secret> Token(string text) =>
        text.Length > 0 && text.All(character => character is > ' ' and < '\x7f') ? new Secret(text) : Missing;

    private static bool IsCredential(string name) =>
        name.Contains("token", StringComparison.OrdinalIgnoreCase)
        || name.Contains("password", StringComparison.OrdinalIgnoreCase)
        || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("authorization", StringComparison.OrdinalIgnoreCase)
        || name.Contains("key", StringComparison.OrdinalIgnoreCase);
}
