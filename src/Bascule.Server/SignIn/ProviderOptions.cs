using Bascule.Server.Configuration;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.SignIn;

/// <summary>One provider, as the framework's handler wants it. Endpoints and checks are ours: see <see cref="ProviderHandler"/>.</summary>
internal sealed class ProviderOptions : OAuthOptions
{
    /// <summary>From leaving for the provider to coming back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>The framework wants a name of something that keeps sessions; ours are rows.</summary>
    private const string Nobody = "none";

    public SignInProvider Provider { get; private set; } = null!;

    public ServerSettings Settings { get; private set; } = null!;

    /// <summary>Registered at the provider, letter for letter. Not made of the request's Host header.</summary>
    public Uri RedirectUri => new($"{Settings.PublicUrl.OriginalString.TrimEnd('/')}{CallbackPath}");

    public void Describe(SignInProvider provider, ServerSettings settings)
    {
        (Provider, Settings) = (provider, settings);
        ClientId = provider.Client;
        // Asked for by the framework; the real one is revealed when a code is redeemed, since it changes.
        ClientSecret = Nobody;
        // Asked for by the framework; the real ones come from the discovery document, which changes.
        AuthorizationEndpoint = TokenEndpoint = provider.Issuer.Issuer.Url.Text;
        CallbackPath = SignInRoutes.Callback(provider.Name);
        SignInScheme = Nobody;
        UsePkce = true;
        RemoteAuthenticationTimeout = Patience;
        Scope.Clear();
        foreach (var scope in provider.Scopes)
            Scope.Add(scope);
        CorrelationCookie.Name = "__Secure-bascule-sign-in.";
        CorrelationCookie.HttpOnly = true;
        CorrelationCookie.SameSite = SameSiteMode.Lax;
        CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
        Events = new ProviderEvents();
    }
}
