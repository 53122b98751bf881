using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Core.Exchange;

/// <summary>Who asks for a token, with everything that policies may look at.</summary>
public sealed record ShownIdentity
{
    private ShownIdentity(Subject subject, TokenClaims claims) => (Subject, Claims) = (subject, claims);

    public Subject Subject { get; }

    public TokenClaims Claims { get; }

    /// <summary>For whom the token is; null for a session of our own, which is for nobody else.</summary>
    public IReadOnlyList<string>? Audiences { get; private init; }

    /// <summary>Somebody who has signed in here, instead of a token from outside.</summary>
    public bool IsSession => Audiences is null;

    public static ShownIdentity Of(VerifiedToken token) =>
        new(token.Subject, token.Claims) { Audiences = token.Audiences };

    /// <summary>What is known of somebody since they signed in: <c>iss</c>, <c>sub</c> and <c>groups</c>.</summary>
    public static ShownIdentity Of(Subject subject, IReadOnlyList<string> groups)
    {
        var claims = new JsonObject
        {
            ["iss"] = subject.Issuer,
            ["sub"] = subject.Id,
            ["groups"] = new JsonArray([.. groups.Select(group => JsonValue.Create(group))]),
        };
        return new ShownIdentity(subject, new TokenClaims(JsonSerializer.SerializeToElement(claims)));
    }

    /// <summary>Claims that nobody has proven, to try policies with. Without <c>aud</c> they stand for a session.</summary>
    public static Result<ShownIdentity> Suppose(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
            return Problem.Invalid("the claims are not a JSON object");
        var claims = new TokenClaims(payload);
        if (claims.Text("iss") is not { } issuer || claims.Text("sub") is not { } subject)
            return Problem.Invalid("the claims name no iss or no sub, each a text");
        if (claims.Has("aud") && AudienceRule.Read(claims) is null)
            return Problem.Invalid("the claim aud is neither a text nor a list of texts");
        return new ShownIdentity(new Subject(issuer, subject), claims) { Audiences = AudienceRule.Read(claims) };
    }
}
