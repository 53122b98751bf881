using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Connectors.Tests.Issuers.Peers;

/// <summary>Tokens of a second real provider with other habits: Debian's glewlwyd.</summary>
public sealed class GlewlwydTests
{
    [GlewlwydFact]
    public async Task ItsTokensAreVerifiedWithAllTheirHabits()
    {
        await using var provider = await GlewlwydProvider.StartAsync();
        using var stage = new PeerStage(provider.Issuer);
        var answer = await provider.AskTokenAsync();
        ((string)answer["token_type"]!).ShouldBe("bearer");
        var token = new Core.Secret((string)answer["access_token"]!);

        var verified = await stage.AcceptAsync(
            token,
            PeerStage.For(TokenKind.WorkloadToken, GlewlwydProvider.Audience)
        );

        verified.Subject.Issuer.ShouldBe(provider.Issuer);
        (verified.Client, verified.Audiences.Single()).ShouldBe(("svc", GlewlwydProvider.Audience));
        (await stage.VerifyAsync(token, PeerStage.For(TokenKind.WorkloadToken, "other"))).Problem.ShouldNotBeNull();
        (await stage.MetadataAsync()).DeviceAuthorization!.AbsolutePath.ShouldStartWith("//");
    }
}
