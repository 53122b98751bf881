using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>One call to a token endpoint (RFC 6749 section 3.2).</summary>
internal static class TokenEndpoint
{
    private const int MaxAnswer = 256 * 1024; // access tokens with many groups have 30 KiB

    public static async Task<Result<OutboundAnswer>> AskAsync(
        OriginClients clients,
        ProviderMetadata metadata,
        ProviderLogin login,
        string doing,
        IReadOnlyList<KeyValuePair<string, string>> fields,
        CancellationToken cancellationToken
    )
    {
        if (metadata.Token is not { } endpoint)
            return Problem.Unavailable($"{metadata.Issuer} names no token endpoint");
        var inForm = login.Secret is null || !metadata.ClientAuthenticationMethods.Contains("client_secret_basic");
        var request = new OutboundRequest(HttpMethod.Post, endpoint.PathAndQuery, doing)
        {
            Authorization = inForm ? null : Basic(login),
            Content = new FormUrlEncodedContent(inForm ? [.. fields, .. InForm(login)] : fields),
            MaxAnswerBytes = MaxAnswer,
        };
        return await clients.For(endpoint).SendAsync(request, cancellationToken);
    }

    /// <summary>The tokens of a good answer. Invalid when it is none.</summary>
    public static Result<ProviderTokens> Read(OutboundAnswer answer)
    {
        var read = answer.Read(ProviderJson.Default.TokenPayload);
        if (read.Failed(out var problem))
            return problem;
        var said = read.Value;
        if (!string.Equals(said.TokenType, "Bearer", StringComparison.OrdinalIgnoreCase))
            return Problem.Invalid($"{answer.Failing}: its token is not a bearer token");
        return said.IdToken is { Length: > 0 } id && said.AccessToken is { Length: > 0 } access
            ? new ProviderTokens(new Secret(id), new Secret(access))
            : Problem.Invalid($"{answer.Failing}: the answer lacks an id token or an access token; ask for openid");
    }

    /// <summary>What a refusal says (RFC 6749 section 5.2); empty when it says nothing that can be read.</summary>
    public static RefusalPayload Refusal(OutboundAnswer answer)
    {
        var read = JsonReading.Read(answer.Body, ProviderJson.Default.RefusalPayload);
        return read.Problem is null ? read.Value : new RefusalPayload();
    }

    /// <summary>RFC 6749 section 2.3.1: both parts are encoded as in a form first.</summary>
    private static Secret Basic(ProviderLogin login) =>
        new(
            "Basic "
                + Convert.ToBase64String(
                    Encoding.UTF8.GetBytes($"{Encode(login.Client)}:{Encode(login.Secret!.Reveal())}")
                )
        );

    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static IEnumerable<KeyValuePair<string, string>> InForm(ProviderLogin login) =>
        login.Secret is { } secret
            ? [new("client_id", login.Client), new("client_secret", secret.Reveal())]
            : [new("client_id", login.Client)];
}
