using System.Text;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>
/// What the address of a raw file names: a repository, spelled as in <see cref="GitAddress"/>, and behind it ref and path, whose parts are unescaped once and
/// can hold no separator then (THREATS T90).
/// </summary>
/// <param name="Rest">Ref and path; where one ends and the other begins is decided by the refs that may be seen.</param>
internal sealed record RawAddress(GitAddress Repository, IReadOnlyList<string> Rest)
{
    public const string Root = "/raw/";

    /// <summary>Of ref and path, escaped.</summary>
    private const int MaxLength = 4096;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="target">The path of the request line as it was sent: the server's own reading has lost how it was spelled.</param>
    public static RawAddress? Parse(string target)
    {
        if (
            target.Length > MaxLength
            || !target.StartsWith(Root, StringComparison.Ordinal)
            || target[Root.Length..].Split('/') is not [var forge, var owner, var name, .. var parts]
            || GitAddress.Of(forge, owner, name) is not { } repository
            || parts.Length < 2
        )
            return null;
        var rest = parts.Select(Unescape).ToList();
        return rest.TrueForAll(part => part is not null) ? new RawAddress(repository, rest!) : null;
    }

    /// <summary>RFC 3986 section 2.1. Null for what is no part of a path: empty, dots, a separator, a control character, bytes that are not UTF-8.</summary>
    private static string? Unescape(string part)
    {
        var bytes = new List<byte>(part.Length);
        for (var at = 0; at < part.Length; at++)
        {
            if (!char.IsAscii(part[at]))
                return null;
            if (part[at] != '%')
            {
                bytes.Add((byte)part[at]);
                continue;
            }
            if (at + 2 >= part.Length || !char.IsAsciiHexDigit(part[at + 1]) || !char.IsAsciiHexDigit(part[at + 2]))
                return null;
            bytes.Add(Convert.FromHexString(part.AsSpan(at + 1, 2))[0]);
            at += 2;
        }
        return Decode([.. bytes]);
    }

    private static string? Decode(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            var isPart = text is not ("" or "." or "..") && !text.AsSpan().ContainsAny('/', '\\');
            return isPart && !text.Any(char.IsControl) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
