using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Signatures;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ConfirmedKeyConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Forge = "f-one";
    private static readonly SigningKey Ssh = new(SigningKeyKind.Ssh, "SHA256:one", "ssh-ed25519 AAAA");

    [Fact]
    public async Task AKeyIsFoundAsItWasConfirmed()
    {
        await LinkAsync();
        var other = AKey() with { Key = new SigningKey(SigningKeyKind.OpenPgp, "ABCD", "-----BEGIN\nü\n-----END") };

        await ApplyAsync(new ConfirmKey(AKey()), new ConfirmKey(other));

        (await Storage.ConfirmedKeys.ListAsync(Forge, None)).ShouldBe([other, AKey()]);
        (await Storage.ConfirmedKeys.ReadAsync("p-ada", None)).ShouldBe([other, AKey()]);
        (await Storage.ConfirmedKeys.ListAsync("f-two", None)).ShouldBeEmpty();
        (await Storage.ConfirmedKeys.ReadAsync("p-bert", None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T144")]
    public async Task AKeyIsOnePersonsAndOfAnAccountThatIsTheirs()
    {
        await LinkAsync();
        await ApplyAsync(new ConfirmKey(AKey()));

        await ShouldConflictAsync(new ConfirmKey(AKey() with { PersonUid = "p-bert", AccountId = 4 }));
        await ShouldConflictAsync(new ConfirmKey(AKey("SHA256:two") with { PersonUid = "p-bert" }));
        await ShouldConflictAsync(new ConfirmKey(AKey("SHA256:two") with { AccountId = 99 }));
        await ShouldConflictAsync(new ConfirmKey(AKey("SHA256:two") with { ForgeUid = "f-two" }));

        (await Storage.ConfirmedKeys.ListAsync(Forge, None)).ShouldBe([AKey()]);
    }

    [Fact]
    public async Task ConfirmingAgainTakesWhatIsNew()
    {
        await LinkAsync();
        var renewed = AKey() with { Key = Ssh with { Material = "ssh-ed25519 BBBB" }, At = Noon.AddDays(1) };

        await ApplyAsync(new ConfirmKey(AKey()), new ConfirmKey(renewed));

        (await Storage.ConfirmedKeys.ListAsync(Forge, None)).ShouldBe([renewed]);
    }

    [Fact]
    public async Task OnlyWhoConfirmedItForgetsItAndThenAnybodyMayConfirmIt()
    {
        await LinkAsync();
        await ApplyAsync(new ConfirmKey(AKey()));

        var strange = await Storage.Work.ApplyAsync([new ForgetKey(Forge, Ssh.Fingerprint, "p-bert")], None);
        await ApplyAsync(new ForgetKey(Forge, Ssh.Fingerprint, "p-ada"));
        var again = await Storage.Work.ApplyAsync([new ForgetKey(Forge, Ssh.Fingerprint, "p-ada")], None);
        await ApplyAsync(new ConfirmKey(AKey() with { PersonUid = "p-bert", AccountId = 4 }));

        strange.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        again.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        (await Storage.ConfirmedKeys.ListAsync(Forge, None)).ShouldHaveSingleItem().PersonUid.ShouldBe("p-bert");
    }

    [Fact]
    [Trait("Threat", "T144")]
    public async Task ItGoesWithTheLink()
    {
        await LinkAsync();
        await ApplyAsync(new ConfirmKey(AKey()));

        await ApplyAsync(Unlink(Forge, 3, "p-ada"));

        (await Storage.ConfirmedKeys.ListAsync(Forge, None)).ShouldBeEmpty();
        await ShouldConflictAsync(new ConfirmKey(AKey()));
    }

    private static RemoveForgeLink Unlink(string forge, long account, string person) =>
        new RemoveForgeLink(forge, account, person);

    private Task LinkAsync() =>
        ApplyAsync(
            new SavePerson(Named("p-ada")),
            new SavePerson(Named("p-bert")),
            new SaveForgeLink(new ForgeLink(Forge, 3, "ada", "p-ada", "oauth2", Noon)),
            new SaveForgeLink(new ForgeLink(Forge, 4, "bert", "p-bert", "oauth2", Noon))
        );

    private static ConfirmedKey AKey(string fingerprint = "SHA256:one") =>
        new(Ssh with { Fingerprint = fingerprint }, Forge, 3, "p-ada", Noon);

    private static Person Named(string uid) =>
        new(uid, new Subject("https://id.example.com", uid))
        {
            Name = uid,
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
