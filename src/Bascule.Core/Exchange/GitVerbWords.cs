namespace Bascule.Core.Exchange;

/// <summary>How verbs are written: in settings <c>fetch</c>, as an OAuth scope <c>git:fetch</c>.</summary>
public static class GitVerbWords
{
    private const string ScopePrefix = "git:";

    public static string Write(this GitVerb verb) => verb == GitVerb.Fetch ? "fetch" : "push";

    public static string Scope(this GitVerb verb) => ScopePrefix + verb.Write();

    public static GitVerb? Find(string? word) =>
        word switch
        {
            "fetch" => GitVerb.Fetch,
            "push" => GitVerb.Push,
            _ => null,
        };

    public static GitVerb? FindScope(string scope) =>
        scope.StartsWith(ScopePrefix, StringComparison.Ordinal) ? Find(scope[ScopePrefix.Length..]) : null;

    /// <summary>RFC 6749 section 3.3, in the order of the verbs.</summary>
    public static string Scopes(IEnumerable<GitVerb> verbs) => string.Join(' ', verbs.Order().Select(Scope));
}
