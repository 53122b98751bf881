namespace Bascule.Core.Text;

/// <summary>An address that somebody else named, fit to become a link: http or https, without a user name; anything else is none (THREATS T124).</summary>
public static class WebAddress
{
    public static string? Of(Uri? address) =>
        address is { IsAbsoluteUri: true, Scheme: "https" or "http", UserInfo: "" } ? address.AbsoluteUri : null;
}
