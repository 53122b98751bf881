using System.Net;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads our own address. Others compare it character by character as a token's issuer, so there is one way to write it (THREATS T26).</summary>
internal static class PublicAddress
{
    public static Uri? Read(SettingReader top)
    {
        if (
            top.RequiredText("url", "write url: https:// and the name by which others reach this server")
            is not { } text
        )
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            top.Refuse(
                "url",
                "is not an https address",
                "write https:// and the name by which others reach this server"
            );
        else if (url.GetLeftPart(UriPartial.Authority) is var written && written != text)
            top.Refuse("url", "is more, or other, than scheme, host and port", $"write {written} if that is meant");
        else if (url.UserInfo.Length > 0)
            top.Refuse("url", "holds a user name", "write only scheme, host and port");
        else if (url.Scheme == "http" && !IsLoopback(url))
            top.Refuse("url", "is not https", "use https; http is for loopback only");
        else
            return url;
        return null;
    }

    /// <summary>By its text: a name that only resolves to loopback today does not count.</summary>
    public static bool IsLoopback(Uri url) =>
        url.Host == "localhost"
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
