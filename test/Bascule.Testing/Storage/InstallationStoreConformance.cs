using Bascule.Core;
using Bascule.Core.Installation;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class InstallationStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly Uri Here = new("https://git.example.com");

    private IInstallationStore Installation => Storage.Installation;

    [Fact]
    public async Task TheFirstEpochIsOne() => (await Installation.ReadEpochAsync(None)).ShouldBe(1);

    [Fact]
    public async Task AForgeKeepsItsUid()
    {
        var uid = (await Installation.BindForgeAsync("git", Here, None)).Value;
        uid.ShouldMatch("^f-[a-z2-7]{16}$");
        await ReopenAsync();
        (await Installation.BindForgeAsync("git", new Uri("https://git.example.com/"), None)).Value.ShouldBe(uid);
        (await Installation.BindForgeAsync("other", Here, None)).Value.ShouldNotBe(uid);
    }

    [Fact]
    public async Task AForgesNameIsNotBoundToAnotherAddress()
    {
        await Installation.BindForgeAsync("git", Here, None);
        var refused = await Installation.BindForgeAsync("git", new Uri("https://evil.example.com"), None);
        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        refused.Problem.Message.ShouldContain("'git' is bound to https://git.example.com");
        refused.Problem.Message.ShouldContain("choose another name");
        (await Installation.BindForgeAsync("git", Here, None)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T145")]
    public async Task TheFirstIssuersCountAndLaterOnesWait()
    {
        const string first = "https://id.example.com";
        const string later = "https://id.other.example";
        (await Installation.BindIssuersAsync([first], None)).ShouldHaveSingleItem().IsConfirmed.ShouldBeTrue();
        (await Installation.BindIssuersAsync([first], None)).ShouldBeEmpty();
        (await Installation.BindIssuersAsync([first, later], None)).ShouldHaveSingleItem().IsConfirmed.ShouldBeFalse();

        var confirm = new ConfirmIssuer(later, "person:p-ada", DateTimeOffset.UnixEpoch.AddDays(1));
        (await Storage.Work.ApplyAsync([confirm], None)).Problem.ShouldBeNull();
        (await Storage.Work.ApplyAsync([confirm], None)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        var unknown = confirm with { Url = "https://id.example.com/" };
        (await Storage.Work.ApplyAsync([unknown], None)).Problem!.Code.ShouldBe(ProblemCode.NotFound);

        await ReopenAsync();
        var known = await Installation.ListIssuersAsync(None);
        known.Single(issuer => issuer.Url == later).ConfirmedBy.ShouldBe("person:p-ada");
        known.Single(issuer => issuer.Url == first).ConfirmedBy.ShouldBeNull();
    }

    [Fact]
    public async Task AnEnvironmentKeepsItsUid()
    {
        var uid = await Installation.BindEnvironmentAsync("ml-prod", None);
        uid.ShouldMatch("^e-[a-z2-7]{16}$");
        (await Installation.BindEnvironmentAsync("ml-prod", None)).ShouldBe(uid);
        (await Installation.BindEnvironmentAsync("ml-dev", None)).ShouldNotBe(uid);
    }

    [Fact]
    public async Task AnAccountKeepsItsPseudonymEvenWhenManyAskAtOnce()
    {
        var names = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Installation.PseudonymOfAsync("f-one", 3, None))
        );
        names.Distinct().ShouldHaveSingleItem().ShouldMatch("^p-[a-z2-7]{16}$");
        (await Installation.PseudonymOfAsync("f-two", 3, None)).ShouldNotBe(names[0]);
        (await Installation.PseudonymOfAsync("f-one", 4, None)).ShouldNotBe(names[0]);
    }

    [Fact]
    public async Task SigningKeysAreListedNewestFirst()
    {
        await ApplyAsync(
            new SaveSigningKey(new SigningKey("new", [1], Noon, PublishedAt: null)),
            new SaveSigningKey(new SigningKey("old", [2], Noon.AddDays(-1), Noon))
        );
        await ApplyAsync(new SaveSigningKey(new SigningKey("new", [1], Noon, Noon.AddMinutes(1))));
        var keys = await Installation.ListSigningKeysAsync(None);
        keys.Select(key => key.Id).ShouldBe(["new", "old"]);
        (keys[0].PublishedAt, keys[1].PublishedAt).ShouldBe((Noon.AddMinutes(1), Noon));
        keys[1].SealedPrivateKey.ShouldBe([2]);
    }
}
