using Bascule.Server.Configuration;

namespace Bascule.Server.SignIn;

/// <summary>Where a person goes after a sign-in: a page of ours, whatever the address said (THREATS T44).</summary>
internal static class ReturnPath
{
    private const int MaxLength = 2000;

    /// <summary>A path that starts with one slash, as it is written; else the first page.</summary>
    public static string Of(string? asked) => asked is not null && IsOwn(asked) ? asked : "/";

    /// <summary>With our own address before it: no spelling of a path can then name another host.</summary>
    public static string Absolute(ServerSettings settings, string? asked) =>
        settings.PublicUrl.OriginalString.TrimEnd('/') + Of(asked);

    private static bool IsOwn(string text) =>
        text.Length is > 0 and <= MaxLength
        && text[0] == '/'
        && !text.StartsWith("//", StringComparison.Ordinal)
        && text.All(letter => letter is > ' ' and < '\x7f' and not '\\')
        && Uri.IsWellFormedUriString(text, UriKind.Relative);
}
