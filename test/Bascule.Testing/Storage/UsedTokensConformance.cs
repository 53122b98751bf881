using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Retention;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class UsedTokensConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static TokenUse Use(string digest = "d1") => new(digest, Noon.AddMinutes(5));

    [Fact]
    [Trait("Threat", "T31")]
    public async Task ATokenIsUsedOnce()
    {
        (await Storage.UsedTokens.UseAsync(Use(), None)).Problem.ShouldBeNull();

        var again = (await Storage.UsedTokens.UseAsync(Use(), None)).Problem.ShouldNotBeNull();

        again.Code.ShouldBe(ProblemCode.Conflict);
        again.Message.ShouldContain("used before");
        (await Storage.UsedTokens.UseAsync(Use("d2"), None)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task AUseIsRememberedAfterARestart()
    {
        await Storage.UsedTokens.UseAsync(Use(), None);

        await ReopenAsync();

        (await Storage.UsedTokens.UseAsync(Use(), None)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task OfManyAtTheSameMomentOneIsFirst() => (await FirstsAsync(Storage.UsedTokens)).ShouldBe(1);

    [Fact]
    public async Task AUseIsForgottenOnlyWhenItsTokenHasExpired()
    {
        await Storage.UsedTokens.UseAsync(Use(), None);
        (await Storage.Retention.CountTokenUsesAsync(Noon.AddMinutes(5), 10, None)).ShouldBe(0);
        await ApplyAsync(new ForgetTokenUses(Noon.AddMinutes(5), 10));
        (await Storage.UsedTokens.UseAsync(Use(), None)).Problem.ShouldNotBeNull();

        (await Storage.Retention.CountTokenUsesAsync(Noon.AddMinutes(6), 10, None)).ShouldBe(1);
        await ApplyAsync(new ForgetTokenUses(Noon.AddMinutes(6), 10));

        (await Storage.Retention.CountTokenUsesAsync(Noon.AddMinutes(6), 10, None)).ShouldBe(0);
        (await Storage.UsedTokens.UseAsync(Use(), None)).Problem.ShouldBeNull();
    }

    /// <summary>How many of many uses of one token succeed, spread over these.</summary>
    protected static async Task<int> FirstsAsync(params IUsedTokens[] replicas)
    {
        var uses = Enumerable
            .Range(0, 40)
            .Select(number => Task.Run(() => replicas[number % replicas.Length].UseAsync(Use("raced"), None)));
        return (await Task.WhenAll(uses)).Count(answer => answer.Problem is null);
    }
}
