using Bascule.Core.Exchange;

namespace Bascule.Server.GitProxy;

/// <summary>What is asked of a repository.</summary>
/// <param name="Verb">That its token has to allow.</param>
/// <param name="Tail">How its address ends.</param>
/// <param name="Query">The one that belongs to it.</param>
internal record GitQuestion(GitVerb Verb, string Tail, string Query = "");

/// <summary>The four requests of git's smart HTTP (gitprotocol-http), two for each verb.</summary>
internal sealed record GitService(GitVerb Verb, bool IsAdvertisement)
    : GitQuestion(
        Verb,
        IsAdvertisement ? "/info/refs" : "/" + NameOf(Verb),
        IsAdvertisement ? "?service=" + NameOf(Verb) : ""
    )
{
    public string Name => NameOf(Verb);

    private static string NameOf(GitVerb verb) => verb == GitVerb.Fetch ? "git-upload-pack" : "git-receive-pack";
}

/// <summary>What the address of a request names. There is one spelling of it: no escape, no doubled slash, no dots, no other case (THREATS T90).</summary>
internal sealed record GitAddress(string Forge, string Owner, string Name)
{
    public const string Root = "/git/";
    private const string Git = ".git";
    private const int MaxLength = 100;

    public string Path => $"{Root}{Forge}/{Owner}/{Name}{Git}";

    /// <param name="target">The path of the request line as it was sent, without its query: the decoded one would hide how it was spelled.</param>
    /// <param name="tail">What follows the repository: see <see cref="GitQuestion.Tail"/>.</param>
    public static GitAddress? Parse(string target, string tail)
    {
        if (
            !target.StartsWith(Root, StringComparison.Ordinal)
            || !target.EndsWith(Git + tail, StringComparison.Ordinal)
            || target.Length < Root.Length + Git.Length + tail.Length
            || target[Root.Length..^(Git.Length + tail.Length)].Split('/') is not [var forge, var owner, var name]
        )
            return null;
        return Of(forge, owner, name);
    }

    /// <summary>Null for names that no repository has, or that could be read in two ways.</summary>
    public static GitAddress? Of(string forge, string owner, string name)
    {
        var isClean = IsName(forge) && IsName(owner) && IsName(name) && !IsWiki(name);
        return isClean ? new GitAddress(forge, owner, name) : null;
    }

    private static bool IsName(string text) =>
        text is { Length: > 0 and <= MaxLength }
        && text is not ("." or "..")
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    /// <summary>Forges keep a repository's wiki beside it under this name; no policy speaks of wikis.</summary>
    private static bool IsWiki(string name) => name.EndsWith(".wiki", StringComparison.OrdinalIgnoreCase);
}
