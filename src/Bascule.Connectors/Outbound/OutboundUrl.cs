using System.Net;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>
/// The rule for addresses that people write in settings. They must be written as they are understood: System.Uri turns 127.1 and 0x7f.1 into
/// 127.0.0.1 without a word, so a text that is not already canonical is refused (THREATS T26, T78).
/// </summary>
public static class OutboundUrl
{
    /// <summary>https, or http to a loopback host; no user, query, fragment; without the trailing slash.</summary>
    public static Result<Uri> Read(string text)
    {
        if (
            !text.All(character => character is > ' ' and < '\x7f')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
        )
            return Problem.Invalid("is not an absolute address in plain ASCII");
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            return Problem.Invalid("is neither https:// nor http://");
        if (url.UserInfo.Length > 0 || text.AsSpan().ContainsAny('?', '#', '@'))
            return Problem.Invalid("has a user, a query or a fragment");
        if (url.Host.Length == 0 || url.IdnHost.EndsWith('.'))
            return Problem.Invalid("has an empty host, or one that ends in a dot");
        if (text.Contains('%', StringComparison.Ordinal) || url.AbsolutePath.Contains("//", StringComparison.Ordinal))
            return Problem.Invalid("has an escaped character or a doubled slash");
        if (WithoutSlash(url.AbsoluteUri) is var canonical && canonical != WithoutSlash(text))
            return Problem.Invalid($"is not written as it is understood, '{canonical}'");
        if (url.Scheme == Uri.UriSchemeHttp && !IsLoopback(url))
            return Problem.Invalid("is http:// to a host other than this machine's loopback");
        if (IPAddress.TryParse(url.IdnHost, out var address) && AddressRule.Refuses(address))
            return Problem.Invalid("is a link-local, multicast or unspecified address, or a metadata service");
        return new Uri(canonical);
    }

    /// <summary>Scheme, host and port: what a credential is bound to (THREATS T81).</summary>
    public static bool SameOrigin(Uri one, Uri other) =>
        one.IsAbsoluteUri
        && other.IsAbsoluteUri
        && one.Scheme == other.Scheme
        && one.IdnHost == other.IdnHost
        && one.Port == other.Port
        && one.UserInfo.Length == 0
        && other.UserInfo.Length == 0;

    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.IdnHost, out var address) && IPAddress.IsLoopback(address));

    private static string WithoutSlash(string text) => text.EndsWith('/') ? text[..^1] : text;
}
