using Bascule.Core.People;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class SessionStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Issuer = "https://id.example.com";

    [Fact]
    public async Task ASessionIsReadAsItWasBegun()
    {
        var begun = ASession("1") with { IssuerSession = "sid", AuthenticatedAt = Noon.AddMinutes(-1) };
        await ApplyAsync(new AddSession(begun));

        var read = (await Storage.Sessions.FindAsync(begun.Digest, None)).ShouldNotBeNull();

        read.ShouldBe(begun);
        (await Storage.Sessions.FindAsync("other", None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task AnEndedSessionIsGoneAndTheOthersStay()
    {
        await ApplyAsync(new AddSession(ASession("1")), new AddSession(ASession("2")));

        await ApplyAsync(new EndSession("digest-1"), new EndSession("digest-1"));

        (await Storage.Sessions.FindAsync("digest-1", None)).ShouldBeNull();
        (await Storage.Sessions.FindAsync("digest-2", None)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task AllSessionsOfAPersonEndTogether()
    {
        await ApplyAsync(
            new AddSession(ASession("1")),
            new AddSession(ASession("2") with { CreatedAt = Noon.AddMinutes(1) }),
            new AddSession(ASession("3", "p-other"))
        );
        (await Storage.Sessions.ListAsync("p-1", None)).Select(one => one.Uid).ShouldBe(["s-2", "s-1"]);

        await ApplyAsync(new EndSessionsOf("p-1"));

        (await Storage.Sessions.ListAsync("p-1", None)).ShouldBeEmpty();
        (await Storage.Sessions.ListAsync("p-other", None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task TheIssuersOwnSessionsAreFoundByIssuerAndName()
    {
        await ApplyAsync(
            new AddSession(ASession("1") with { IssuerSession = "sid" }),
            new AddSession(ASession("2") with { IssuerSession = "other" }),
            new AddSession(ASession("3") with { IssuerSession = "sid", Issuer = "https://other.example.com" }),
            new AddSession(ASession("4"))
        );

        var found = await Storage.Sessions.ListAsync(Issuer, "sid", None);

        found.ShouldHaveSingleItem().Uid.ShouldBe("s-1");
    }

    [Fact]
    public async Task WhenItWasSeenNeverGoesBack()
    {
        await ApplyAsync(new AddSession(ASession("1")));

        await ApplyAsync(
            new NoteSessionSeen("digest-1", Noon.AddMinutes(5)),
            new NoteSessionSeen("digest-1", Noon.AddMinutes(3)),
            new NoteSessionSeen("digest-none", Noon.AddMinutes(3))
        );

        (await Storage.Sessions.FindAsync("digest-1", None))!.SeenAt.ShouldBe(Noon.AddMinutes(5));
    }

    [Fact]
    public async Task ExpiredSessionsAreForgotten()
    {
        await ApplyAsync(new AddSession(ASession("1")), new AddSession(ASession("2") with { ExpiresAt = Noon }));

        await ApplyAsync(new ForgetSessions(Noon.AddSeconds(1), 10));

        (await Storage.Sessions.ListAsync("p-1", None)).ShouldHaveSingleItem().Uid.ShouldBe("s-1");
    }

    private static Session ASession(string number, string person = "p-1") =>
        new($"s-{number}", $"digest-{number}", SessionKind.Browser, person)
        {
            Issuer = Issuer,
            CreatedAt = Noon,
            SeenAt = Noon,
            ExpiresAt = Noon.AddHours(8),
        };
}
