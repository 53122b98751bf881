using System.Reflection;
using System.Text.Json;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T36")]
public sealed class VerifiedTokenTests
{
    private const BindingFlags All =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public async Task ASignatureOfAnotherIsRefused()
    {
        var stage = new TokenStage();
        var stranger = new TokenMint(number: 1);

        await stage.AcceptAsync(stage.Claims());

        await stage.RefuseAsync(stranger.Sign(stage.Claims()), "its signature is wrong");
    }

    [Fact]
    public async Task ClaimsUnderTheSignatureOfOthersAreRefused()
    {
        var stage = new TokenStage();
        var one = stage.Mint.Sign(stage.Claims()).Reveal().Split('.');
        var two = stage.Mint.Sign(stage.Claims(("sub", "admin"))).Reveal().Split('.');

        await stage.RefuseAsync(new Secret($"{one[0]}.{two[1]}.{one[2]}"), "its signature is wrong");
    }

    /// <summary>Whoever holds one knows that it was checked: nothing but the check can make one, copy one or read one from JSON.</summary>
    [Fact]
    public void OnlyTheCheckMakesAVerifiedToken()
    {
        var type = typeof(VerifiedToken);

        type.IsSealed.ShouldBeTrue();
        type.GetConstructors(All).ShouldAllBe(constructor => constructor.IsPrivate);
        type.GetMethods(All).ShouldNotContain(method => method.Name == "<Clone>$");
        type.GetProperties(All).ShouldAllBe(property => property.SetMethod == null);
        Should.Throw<NotSupportedException>(() => JsonSerializer.Deserialize<VerifiedToken>("{}"));
    }

    [Fact]
    public void OneMethodMakesVerifiedTokensAndItIsNotOpenToOthers()
    {
        var makers = typeof(VerifiedToken)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(All | BindingFlags.DeclaredOnly))
            .Where(method => Answers(method.ReturnType) && method.DeclaringType!.IsPublic);

        makers
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name} {(method.IsPublic ? "public" : "inside")}")
            .ShouldBe(
                // The second only asks the first.
                [
                    "TokenVerifier.VerifyAsync public",
                    "SingleUseVerifier.VerifyAsync public",
                    "VerifiedToken.Verify inside",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task ARefusalNeverShowsTheToken()
    {
        var stage = new TokenStage();
        var token = stage.Mint.Sign(stage.Claims(("aud", "other"), ("canary", "k4n4r1")));

        var message = (await stage.VerifyAsync(token)).Problem!.Message;

        message.ShouldNotContain("k4n4r1");
        token.Reveal().Split('.').ShouldAllBe(part => !message.Contains(part));
    }

    private static bool Answers(Type type) =>
        type == typeof(VerifiedToken) || (type.IsGenericType && type.GetGenericArguments().Any(Answers));
}
