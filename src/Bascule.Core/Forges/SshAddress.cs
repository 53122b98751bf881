using System.Globalization;

namespace Bascule.Core.Forges;

/// <summary>Where people reach a forge by SSH: <c>git@git.example.com</c>, <c>git@git.example.com:2222</c>. Bascule itself never goes there.</summary>
public sealed record SshAddress(string User, string Host, int Port)
{
    private const int UsualPort = 22;
    private const int MaxLength = 255;

    /// <summary>Null for any other text.</summary>
    public static SshAddress? Read(string text)
    {
        if (text.Length > MaxLength || text.Split('@') is not [var user, var place] || !IsName(user))
            return null;
        return place.Split(':') switch
        {
            [var host] when IsName(host) => new SshAddress(user, host, UsualPort),
            [var host, var digits]
                when IsName(host)
                    && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port > 0 => new SshAddress(user, host, port),
            _ => null,
        };
    }

    private static bool IsName(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
}
