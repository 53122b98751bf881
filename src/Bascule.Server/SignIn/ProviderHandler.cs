using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bascule.Server.SignIn;

/// <summary>
/// A sign-in at one provider. The framework's handler makes state, correlation cookie and PKCE challenge and checks them; the endpoints come from the checked
/// discovery document, a nonce is added, and who comes in is decided by <see cref="Admission"/>.
/// </summary>
internal sealed class ProviderHandler(
    IOptionsMonitor<ProviderOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    ProviderLinks providers,
    Admission admission
) : OAuthHandler<ProviderOptions>(options, logs, encoder)
{
    private const int NonceBytes = 32;
    private ProviderMetadata? _metadata;
    private Problem? _refusal;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var read = await providers.ReadMetadataAsync(Options.Provider, Context.RequestAborted);
        if (read.Failed(out var problem))
            await RefusalPage.ShowAsync(Context, problem);
        else if (read.Value.Authorization is null)
            await RefusalPage.ShowAsync(
                Context,
                Problem.Unavailable($"{Options.Provider.Title} names no authorization endpoint.")
            );
        else
        {
            _metadata = read.Value;
            var ticket = new SignInTicket(properties)
            {
                Nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes)),
                Until = TimeProvider.GetUtcNow() + ProviderOptions.Patience,
            };
            await base.HandleChallengeAsync(ticket.Properties);
        }
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var made = base.BuildChallengeUrl(properties, Options.RedirectUri.OriginalString);
        var parameters = QueryHelpers.ParseQuery(new Uri(made).Query);
        var ticket = new SignInTicket(properties);
        parameters["nonce"] = ticket.Nonce;
        if (ticket.Fresh)
            (parameters["prompt"], parameters["max_age"]) = ("login", "0");
        return QueryHelpers.AddQueryString(_metadata!.Authorization!.AbsoluteUri, parameters);
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        if (await FindIssuerFaultAsync() is { } mixed)
            return HandleRequestResult.Fail(new SignInRefusal(mixed));
        var result = await base.HandleRemoteAuthenticateAsync();
        return _refusal is null
            ? result
            : HandleRequestResult.Fail(
                new SignInRefusal(_refusal),
                result.Properties ?? new AuthenticationProperties()
            );
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var ticket = new SignInTicket(context.Properties);
        if (ticket.Nonce is not { } || ticket.Until is not { } until || until < TimeProvider.GetUtcNow())
            return Refuse(Problem.Unauthenticated("This sign-in was begun too long ago; start it again."));
        if (!context.Properties.Items.TryGetValue(OAuthConstants.CodeVerifierKey, out var verifier) || verifier is null)
            return Refuse(Problem.Unauthenticated("This sign-in lacks its proof; start it again."));
        var code = new AuthorizationCode(new Secret(context.Code), Options.RedirectUri, new Secret(verifier));
        var redeemed = await providers.RedeemAsync(Options.Provider, code, Context.RequestAborted);
        if (redeemed.Failed(out var problem))
            return Refuse(problem);
        return OAuthTokenResponse.Success(
            JsonSerializer.SerializeToDocument(
                new Dictionary<string, string>
                {
                    ["access_token"] = redeemed.Value.AccessToken.Reveal(),
                    ["id_token"] = redeemed.Value.IdToken.Reveal(),
                }
            )
        );
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity,
        AuthenticationProperties properties,
        OAuthTokenResponse tokens
    )
    {
        var ticket = new SignInTicket(properties);
        var idToken = tokens.Response!.RootElement.GetProperty("id_token").GetString()!;
        var arrival = new Arrival(Options.Provider, SessionKind.Browser, Options.Provider.Client, new Secret(idToken))
        {
            Nonce = ticket.Nonce,
            AccessToken = new Secret(tokens.AccessToken!),
            Former = SessionCookie.Read(Request),
            FirstAdminLink = ticket.FirstAdminLink,
        };
        var admitted = await admission.AdmitAsync(arrival, Context.RequestAborted);
        if (admitted.Failed(out _refusal))
            return null!; // the framework's way to say that it failed; what is said is the refusal
        SessionCookie.Write(Response, admitted.Value.Token);
        return new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    /// <summary>RFC 9207: an answer of another provider, brought here by somebody in between. The redirect address of each provider is another one besides.</summary>
    private async Task<Problem?> FindIssuerFaultAsync()
    {
        var read = await providers.ReadMetadataAsync(Options.Provider, Context.RequestAborted);
        if (read.Failed(out var problem))
            return problem;
        var named = Request.Query["iss"];
        if (named.Count == 0 && !read.Value.AuthorizationResponseIssuer)
            return null;
        return named.Count == 1 && named[0] == read.Value.Issuer
            ? null
            : Problem.Unauthenticated(
                $"The answer does not come from {Options.Provider.Title}; start the sign-in again, and do not follow links to it."
            );
    }

    private OAuthTokenResponse Refuse(Problem problem)
    {
        _refusal = problem;
        return OAuthTokenResponse.Failed(new SignInRefusal(problem));
    }
}
