using System.Net;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>Judges a discovery document: what it says must be what was configured (THREATS T28).</summary>
internal static class Discovery
{
    public static Result<ProviderMetadata> Check(DiscoveryPayload said, IssuerOptions options)
    {
        var configured = options.Issuer.Url.Text;
        if (said.Issuer != configured)
            return Refuse(
                options,
                $"says that its issuer is '{StatusProblem.Clean(said.Issuer ?? "")}', not '{configured}'; configure it letter for letter"
            );
        var issuer = new Uri(configured);
        var fault = "";
        Uri? Endpoint(string name, string? text)
        {
            if (text is null)
                return null;
            var url = Read(text, issuer);
            if (url is null)
                fault = $"has an unacceptable {name}: it must be https:// without user and fragment";
            return url;
        }
        if (Endpoint("jwks_uri", said.JwksUri) is not { } keys)
            return Refuse(options, fault.Length > 0 ? fault : "names no jwks_uri");
        if (keys.AbsoluteUri != said.JwksUri)
            return Refuse(options, "has a jwks_uri that is not written as it is understood");
        if (!OutboundUrl.SameOrigin(keys, issuer) && !options.KeyHosts.Contains(keys.Authority))
            return Refuse(
                options,
                $"keeps its keys at another host, '{StatusProblem.Clean(keys.Authority)}'; if that is right, add it to the issuer's jwks_hosts"
            );
        var metadata = new ProviderMetadata
        {
            Issuer = configured,
            Keys = keys,
            Authorization = Endpoint("authorization_endpoint", said.AuthorizationEndpoint),
            Token = Endpoint("token_endpoint", said.TokenEndpoint),
            DeviceAuthorization = Endpoint("device_authorization_endpoint", said.DeviceAuthorizationEndpoint),
            EndSession = Endpoint("end_session_endpoint", said.EndSessionEndpoint),
            Introspection = Endpoint("introspection_endpoint", said.IntrospectionEndpoint),
            Revocation = Endpoint("revocation_endpoint", said.RevocationEndpoint),
            UserInfo = Endpoint("userinfo_endpoint", said.UserinfoEndpoint),
            IdTokenAlgorithms = said.IdTokenSigningAlgValuesSupported ?? [],
            PkceMethods = said.CodeChallengeMethodsSupported ?? [],
            ClientAuthenticationMethods = said.TokenEndpointAuthMethodsSupported ?? ["client_secret_basic"],
            Scopes = said.ScopesSupported ?? [],
            BackChannelLogout = said.BackchannelLogoutSupported == true,
            BackChannelLogoutSession = said.BackchannelLogoutSessionSupported == true,
            AuthorizationResponseIssuer = said.AuthorizationResponseIssParameterSupported == true,
        };
        return fault.Length > 0 ? Refuse(options, fault) : metadata;
    }

    /// <summary>
    /// Looser than the rule for settings, as other people wrote it: a query and a doubled slash are in use. Never less than https, unless the issuer itself is on
    /// this machine's loopback.
    /// </summary>
    private static Uri? Read(string text, Uri issuer)
    {
        if (
            !text.All(letter => letter is > ' ' and < '\x7f')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0
            || text.AsSpan().ContainsAny('#', '\\', '@')
        )
            return null;
        if (IPAddress.TryParse(url.IdnHost, out var address) && AddressRule.Refuses(address))
            return null;
        var plain = url.Scheme == Uri.UriSchemeHttp && issuer.Scheme == Uri.UriSchemeHttp && url.IsLoopback;
        return url.Scheme == Uri.UriSchemeHttps || plain ? url : null;
    }

    private static Problem Refuse(IssuerOptions options, string why) =>
        Problem.Unavailable($"{options.Subject}: its discovery document {why}");
}
