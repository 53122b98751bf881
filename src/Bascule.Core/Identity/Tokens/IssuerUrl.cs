using System.Net;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// The address of an issuer, written exactly as its tokens write it: from here on only equality of text counts (THREATS T26). A closing slash is part of
/// it, because some issuers have one.
/// </summary>
public sealed record IssuerUrl
{
    private IssuerUrl(string text) => Text = text;

    public string Text { get; }

    /// <summary>https, or http to a loopback host; in the one spelling that an address has; without user, query and fragment.</summary>
    public static Result<IssuerUrl> Read(string text) =>
        Fault(text) is { } fault ? Problem.Invalid(fault) : new IssuerUrl(text);

    public override string ToString() => Text;

    private static string? Fault(string text)
    {
        if (!text.All(letter => letter is > ' ' and < '\x7f') || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            return "is not an absolute address in plain ASCII";
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && IsLoopback(url)))
            return "is not https:// (http:// is for this machine's loopback alone)";
        if (url.UserInfo.Length > 0 || text.AsSpan().ContainsAny("?#@%\\"))
            return "has a user, a query, a fragment, an escaped character or a backslash";
        if (
            url.Host.Length == 0
            || url.IdnHost.EndsWith('.')
            || url.AbsolutePath.Contains("//", StringComparison.Ordinal)
        )
            return "has an empty host, a host that ends in a dot, or a doubled slash";
        // An address without a path is understood with one: both spellings are in use, and each is kept as it is.
        return url.AbsoluteUri == text || (url.AbsolutePath == "/" && url.AbsoluteUri == text + "/")
            ? null
            : $"is not written as it is understood, '{url.AbsoluteUri}'";
    }

    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.IdnHost, out var address) && IPAddress.IsLoopback(address));
}
