using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class GitPassConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task APassIsReadAsItWasGiven()
    {
        var given = APass("1");
        await ApplyAsync(new SavePerson(AWorkload("w-1")), new AddGitPass(given));

        var read = (await Storage.GitPasses.FindAsync(given.Digest, None)).ShouldNotBeNull();

        read.Verbs.ShouldBe(given.Verbs, ignoreOrder: true);
        (read with { Verbs = given.Verbs }).ShouldBe(given);
        (await Storage.GitPasses.FindByUidAsync("t-1", None))!.Digest.ShouldBe(given.Digest);
        (await Storage.GitPasses.FindAsync("other", None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task NothingIsGivenToTheRetiredNorToStrangers()
    {
        await ApplyAsync(new SavePerson(AWorkload("w-1")), new RetirePerson("w-1", Noon));

        (await Storage.Work.ApplyAsync([new AddGitPass(APass("1"))], None)).Problem.ShouldNotBeNull();
        (await Storage.Work.ApplyAsync([new AddGitPass(APass("2", "w-none"))], None)).Problem.ShouldNotBeNull();

        (await Storage.GitPasses.ListAsync(holderUid: null, Noon, 10, None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task ARevokedPassSaysSinceWhenAndTheFirstTimeStays()
    {
        await GiveAsync(APass("1"), APass("2"));

        await ApplyAsync(new RevokeGitPass("t-1", Noon.AddMinutes(1)), new RevokeGitPass("t-1", Noon.AddMinutes(2)));

        (await Storage.GitPasses.FindByUidAsync("t-1", None))!.RevokedAt.ShouldBe(Noon.AddMinutes(1));
        (await Storage.GitPasses.ListAsync("w-1", Noon, 10, None)).ShouldHaveSingleItem().Uid.ShouldBe("t-2");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task AllOfAHolderEndTogether()
    {
        await GiveAsync(APass("1"), APass("2"), APass("3", "w-2"));

        await ApplyAsync(new RevokeGitPassesOf("w-1", Noon));

        (await Storage.GitPasses.ListAsync(holderUid: null, Noon, 10, None)).ShouldHaveSingleItem().Uid.ShouldBe("t-3");
    }

    [Fact]
    public async Task ExpiredOnesAreNotListedAndAreForgotten()
    {
        await GiveAsync(APass("1") with { ExpiresAt = Noon }, APass("2"));
        (await Storage.GitPasses.ListAsync("w-1", Noon, 10, None)).ShouldHaveSingleItem().Uid.ShouldBe("t-2");

        await ApplyAsync(new ForgetGitPasses(Noon.AddSeconds(1), 10));

        (await Storage.GitPasses.FindByUidAsync("t-1", None)).ShouldBeNull();
        (await Storage.GitPasses.FindByUidAsync("t-2", None)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T91")]
    public async Task APassEndsWithItsSessionAndOthersDoNot(bool isAll)
    {
        await ApplyAsync(new AddSession(ASession("1", "w-1")), new AddSession(ASession("2", "w-2")));
        await GiveAsync(
            APass("1") with
            {
                SessionUid = "s-1",
            },
            APass("2"),
            APass("3", "w-2") with
            {
                SessionUid = "s-2",
            }
        );
        (await Storage.GitPasses.FindByUidAsync("t-1", None))!.IsGood(Noon).ShouldBeTrue();

        await ApplyAsync(isAll ? new EndSessionsOf("w-1") : new EndSession("session-1"));

        (await Storage.GitPasses.FindByUidAsync("t-1", None))!.IsGood(Noon).ShouldBeFalse();
        (await Storage.GitPasses.FindAsync("digest-2", None))!.IsGood(Noon).ShouldBeTrue();
        (await Storage.GitPasses.FindAsync("digest-3", None))!.IsGood(Noon).ShouldBeTrue();
        var listed = await Storage.GitPasses.ListAsync(holderUid: null, Noon, 10, None);
        listed.Select(pass => pass.Uid).ShouldBe(["t-2", "t-3"], ignoreOrder: true);
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task WhoFollowsADeployRefIsListedUntilTheTokenExpiresAndRevokedOnesToo()
    {
        var deploy = new RefPatterns([Glob.Parse("refs/heads/deploy/prod")]);
        var beside = new RefPatterns([Glob.Parse("refs/heads/deploy/prod"), Glob.Parse("refs/heads/main")]);
        await GiveAsync(
            APass("1") with
            {
                Refs = deploy,
            },
            APass("2") with
            {
                Refs = deploy,
                CreatedAt = Noon.AddMinutes(1),
            },
            APass("3") with
            {
                Refs = deploy,
                ExpiresAt = Noon,
            },
            APass("4"),
            APass("5") with
            {
                Refs = beside,
            }
        );
        await ApplyAsync(new RevokeGitPass("t-2", Noon.AddMinutes(2)));

        var listed = await Storage.GitPasses.ListFollowersAsync(Noon, 10, None);

        listed.Select(pass => (pass.Uid, pass.RevokedAt)).ShouldBe([("t-2", Noon.AddMinutes(2)), ("t-1", null)]);
        (await Storage.GitPasses.ListFollowersAsync(Noon, 1, None)).ShouldHaveSingleItem().Uid.ShouldBe("t-2");
        (await Storage.GitPasses.ListFollowersAsync(Noon.AddDays(1), 10, None)).ShouldBeEmpty();
    }

    private async Task GiveAsync(params StoredPass[] passes)
    {
        await ApplyAsync(new SavePerson(AWorkload("w-1")), new SavePerson(AWorkload("w-2")));
        foreach (var pass in passes)
            await ApplyAsync(new AddGitPass(pass));
    }

    private static Person AWorkload(string uid) =>
        new(uid, new Subject("https://cluster.example.com", uid))
        {
            Name = uid,
            Type = ActorType.Workload,
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };

    private static Session ASession(string number, string person) =>
        new($"s-{number}", $"session-{number}", SessionKind.CommandLine, person)
        {
            Issuer = "https://id.example.com",
            CreatedAt = Noon,
            SeenAt = Noon,
            ExpiresAt = Noon.AddHours(8),
        };

    private static StoredPass APass(string number, string holder = "w-1") =>
        new($"t-{number}", $"digest-{number}", holder, new RepositoryKey("f-1", 7))
        {
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch, GitVerb.Push },
            Refs = new RefPatterns([Glob.Parse("refs/heads/main"), Glob.Parse("refs/tags/v*")]),
            Policy = "nightly",
            CreatedAt = Noon,
            ExpiresAt = Noon.AddMinutes(15),
        };
}
