namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Hosts that may be called, and addresses judged by them.</summary>
internal sealed class HostList(IReadOnlyList<string> hosts)
{
    private const int HttpsPort = 443;

    /// <summary>Null when the address is one of these hosts over https; else what is wrong with it.</summary>
    public string? FaultOf(string address)
    {
        // A backslash is a slash to some who read addresses, and part of the name to others.
        if (
            address.Any(one => one is '\\' || char.IsWhiteSpace(one) || char.IsControl(one))
            || !Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || uri.Host.Length == 0
        )
            return "is no absolute address; write https://host/path";
        if (uri.Scheme != Uri.UriSchemeHttps)
            return "is not https; call it over TLS";
        if (uri.UserInfo.Length > 0)
            return "has a user before the host; remove it, and send credentials in a header";
        return hosts.Any(host => IsMatch(host, uri.IdnHost, uri.Port))
            ? null
            : $"is at the host '{uri.IdnHost}{(uri.Port == HttpsPort ? "" : $":{uri.Port}")}', which the rules do not list; add it there, or call another one";
    }

    private static bool IsMatch(string pattern, string host, int port)
    {
        var colon = pattern.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? pattern : pattern[..colon];
        var wanted = colon < 0 ? $"{HttpsPort}" : pattern[(colon + 1)..];
        if (wanted != $"{port}")
            return false;
        return name.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase) && host.Length >= name.Length
            : string.Equals(host, name, StringComparison.OrdinalIgnoreCase);
    }
}
