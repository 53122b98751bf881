using System.Net;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Exchange;

/// <summary>With an identity provider that is not ours: npm <c>oidc-provider</c>.</summary>
public sealed class RealIssuerTests
{
    private const string Api = "urn:bascule:api";

    [NodeFact]
    public async Task AServicesAccessTokenIsExchangedAndAnotherServicesIsNot()
    {
        var (good, other) = (OidcClient.Service("svc", "svc-secret"), OidcClient.Service("other", "other-secret"));
        await using var provider = await OidcProvider.StartAsync(new Dictionary<string, OidcUser>(), [good, other]);
        var stage = new ExchangeStage { Service = (provider.Issuer, Api) };
        await stage.InitializeAsync();
        try
        {
            var token = await provider.ClientCredentialsAsync(good);
            (await stage.ExchangeAsync(token.Reveal())).Status.ShouldBe(HttpStatusCode.OK);
            token = await provider.ClientCredentialsAsync(other);
            (await stage.ExchangeAsync(token.Reveal())).Error.ShouldBe("invalid_target");
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }
}
