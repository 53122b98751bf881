using System.Net;
using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>What a repository's address may look like (THREATS T62, T73, T82): https, or http to this machine; no path, helper or option dressed as a URL.</summary>
internal static class ForgeUrl
{
    private const int MaxLength = 2048;

    public static Problem? Check(Uri url)
    {
        if (!url.IsAbsoluteUri || !IsPlain(url.OriginalString) || !IsPlain(url.AbsoluteUri))
            return Problem.Invalid("the repository's address is not an absolute URL in plain ASCII");
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && IsLoopback(url)))
            return Problem.Invalid(
                $"'{url.Scheme}' is not a way to reach a repository; only https is (http on loopback)"
            );
        if (url.IdnHost.Length == 0 || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            return Problem.Invalid("the repository's address has no host, or carries a user, a query or a fragment");
        return HasEscapes(url.AbsolutePath)
            ? Problem.Invalid("the repository's address has escaped characters in its path")
            : null;
    }

    /// <summary>The address of one of the two requests that a fetch makes.</summary>
    public static Uri Append(Uri repository, string suffix) => new(repository.AbsoluteUri.TrimEnd('/') + suffix);

    private static bool IsPlain(string text) =>
        text.Length is > 0 and <= MaxLength && text.All(character => character is > ' ' and < '\x7f' and not '\\');

    private static bool IsLoopback(Uri url) =>
        url.IdnHost == "localhost"
        || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static bool HasEscapes(string path) => path.Contains('%', StringComparison.Ordinal);
}
