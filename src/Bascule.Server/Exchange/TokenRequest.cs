using Bascule.Core;
using Bascule.Core.Exchange;

namespace Bascule.Server.Exchange;

/// <summary>What RFC 8693 section 2.1 asks for, read and not yet believed.</summary>
/// <param name="Verbs">Empty for whatever the policy gives.</param>
internal sealed record TokenRequest(Secret SubjectToken, RepositoryAddress Repository, IReadOnlyList<GitVerb> Verbs)
{
    public const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string AccessToken = TypePrefix + "access_token";
    private const string TypePrefix = "urn:ietf:params:oauth:token-type:";

    /// <summary>Whether what is given ends with the subject token, where the policy would let it live longer.</summary>
    public bool EndsWithToken { get; init; }

    private static readonly string[] SubjectTypes = [AccessToken, TypePrefix + "jwt", TypePrefix + "id_token"];

    public static (TokenRequest? Request, OAuthError? Error) Read(OAuthForm form, Uri publicUrl)
    {
        if (form.Find("grant_type") is not { } grant)
            return (null, OAuthError.Invalid("grant_type is missing"));
        if (grant != Grant)
            return (null, new OAuthError("unsupported_grant_type", $"the only grant here is {Grant}"));
        if (form.Find("subject_token") is not { } token || form.Find("subject_token_type") is not { } type)
            return (null, OAuthError.Invalid("subject_token or subject_token_type is missing"));
        if (!SubjectTypes.Contains(type))
            return (null, OAuthError.Invalid($"subject_token_type is one of {string.Join(", ", SubjectTypes)}"));
        if (form.Find("actor_token") is not null || form.Find("actor_token_type") is not null)
            return (null, OAuthError.Invalid("actor_token is not taken: who asks is the subject"));
        if (form.Find("requested_token_type") is { } wanted && wanted != AccessToken)
            return (null, OAuthError.Invalid($"requested_token_type can only be {AccessToken}"));
        if (form.Find("audience") is not null)
            return (null, OAuthError.Target("audience is not taken; name the repository in resource"));
        if (form.Find("resource") is not { } resource)
            return (null, OAuthError.Target("resource is missing: the repository's address below /git/"));
        if (RepositoryAddress.Read(resource, publicUrl) is not { } repository)
            return (
                null,
                OAuthError.Target(
                    $"resource is no address like {new RepositoryAddress("FORGE", "OWNER", "NAME").Write(publicUrl)}"
                )
            );
        return ReadVerbs(form.Find("scope")) is { } verbs
            ? (new TokenRequest(new Secret(token), repository, verbs), null)
            : (null, new OAuthError("invalid_scope", "scope is git:fetch, git:push, or both with a space between"));
    }

    /// <summary>Null for a scope that is not understood.</summary>
    private static List<GitVerb>? ReadVerbs(string? scope)
    {
        List<GitVerb> verbs = [];
        foreach (var word in scope?.Split(' ') ?? [])
            if (GitVerbWords.FindScope(word) is { } verb)
                verbs.Add(verb);
            else
                return null;
        return [.. verbs.Distinct().Order()];
    }
}
