using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>What a server asks of a provider at the end of a sign-in. Safe to use from many tasks at once.</summary>
public sealed class ProviderClient(IssuerOptions options, TimeProvider time, Action<string>? detail = null)
    : IDisposable
{
    private const int MaxUser = 64 * 1024;
    private readonly OriginClients _clients = new(options, time, detail);

    /// <summary>
    /// Unauthenticated when the provider does not take the code, which is over after one use and a minute; Unavailable when it cannot be asked, or does not know
    /// us.
    /// </summary>
    public async Task<Result<ProviderTokens>> RedeemAsync(
        ProviderMetadata metadata,
        ProviderLogin login,
        AuthorizationCode code,
        CancellationToken cancellationToken
    )
    {
        var asked = await TokenEndpoint.AskAsync(
            _clients,
            metadata,
            login,
            "redeem the code of a sign-in",
            [
                new("grant_type", "authorization_code"),
                new("code", code.Code.Reveal()),
                new("redirect_uri", code.RedirectUri.OriginalString),
                new("code_verifier", code.Verifier.Reveal()),
            ],
            cancellationToken
        );
        if (asked.Failed(out var problem))
            return problem;
        return asked.Value.IsSuccess ? TokenEndpoint.Read(asked.Value) : Refused(asked.Value);
    }

    /// <summary>What to call the person, where the id token does not say (OpenID Connect Core section 5.3).</summary>
    /// <param name="subject">The <c>sub</c> of the verified id token: what is said of anybody else does not count.</param>
    public async Task<Result<ProviderUser>> ReadUserAsync(
        ProviderMetadata metadata,
        Secret accessToken,
        string subject,
        CancellationToken cancellationToken
    )
    {
        if (metadata.UserInfo is not { } endpoint)
            return Problem.NotFound($"{metadata.Issuer} names no userinfo endpoint");
        var request = OutboundRequest.Get(endpoint.PathAndQuery, "read who signed in") with
        {
            Authorization = new Secret($"Bearer {accessToken.Reveal()}"),
            MaxAnswerBytes = MaxUser,
        };
        var read = await _clients.For(endpoint).ReadAsync(request, ProviderJson.Default.UserPayload, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        return read.Value.Sub == subject
            ? new ProviderUser(read.Value.Name ?? read.Value.PreferredUsername, read.Value.Email)
            : Problem.Invalid($"{options.Subject}: its userinfo speaks of somebody else than its id token");
    }

    public void Dispose() => _clients.Dispose();

    private static Problem Refused(OutboundAnswer answer)
    {
        var said = TokenEndpoint.Refusal(answer);
        return said.Error switch
        {
            "invalid_grant" => Problem.Unauthenticated(
                $"{answer.Failing}: the provider does not take it; start the sign-in again"
            ),
            "invalid_client" or "unauthorized_client" => Problem.Unavailable(
                $"{answer.Failing}: the provider does not accept Bascule's client; whoever runs Bascule corrects client and secret in the settings"
            ),
            _ => Problem.Unavailable(
                answer.AsProblem(said.ErrorDescription ?? said.Error)?.Message ?? $"{answer.Failing}: it was refused"
            ),
        };
    }
}
