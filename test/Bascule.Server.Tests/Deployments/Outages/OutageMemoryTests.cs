using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Tests.Accounts;
using Bascule.Server.Tests.World;
using Bascule.Storage;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>What was read replaces what was known, and is believed for as long as the setting says.</summary>
public sealed class OutageMemoryTests
{
    private readonly SkewedTime _clock = new();
    private readonly OutageMemory _memory;

    public OutageMemoryTests() => _memory = new OutageMemory(DeployRefSettings.Default, _clock);

    [Fact]
    public void WhatIsOlderThanTheSettingIsNotKnown()
    {
        _memory.Now.ShouldBeNull();
        Keep();
        _memory.Now.ShouldNotBeNull();
        _clock.Off = TimeSpan.FromHours(23.9);
        _memory.Now.ShouldNotBeNull();

        _clock.Off = TimeSpan.FromHours(24.1);

        _memory.Now.ShouldBeNull();
    }

    [Fact]
    public void WithTheSettingAtZeroNothingIsKnownNotEvenAtThatMoment()
    {
        var clock = new ManualClock();
        var memory = new OutageMemory(DeployRefSettings.Default with { Outage = TimeSpan.Zero }, clock);

        memory.Keep(clock.GetUtcNow(), [], [], []);

        memory.Now.ShouldBeNull();
    }

    [Fact]
    public void WhoFollowedLongerAgoThanAnOutageMayLastIsForgotten()
    {
        Keep(Pass("1"));
        _clock.Off = TimeSpan.FromHours(24);
        Keep();
        _memory.Now!.Newest.ShouldNotBeEmpty("the token was good for a quarter of an hour");

        _clock.Off = TimeSpan.FromHours(24.5);
        Keep();

        _memory.Now!.Newest.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public void WhoFollowedBeforeStaysKnownAndATokenThatWasRevokedIsKnownAsThat()
    {
        Keep(Pass("1"));
        Keep();
        _memory.Now!.ByDigest.ShouldBeEmpty();
        _memory.Now!.Newest.Values.ShouldHaveSingleItem().Pass.Uid.ShouldBe("t-1");

        Keep(Pass("1") with { RevokedAt = _clock.GetUtcNow() });

        _memory.Now!.Newest.Values.ShouldHaveSingleItem().Pass.RevokedAt.ShouldNotBeNull();
        Keep(Pass("2") with { CreatedAt = _clock.GetUtcNow().AddMinutes(1) });
        _memory.Now!.Newest.Values.ShouldHaveSingleItem().Pass.Uid.ShouldBe("t-2");
        _memory.Forget(Pass("2"));
        _memory.Now!.ByDigest["digest-2"].Pass.RevokedAt.ShouldNotBeNull();
    }

    [Fact]
    public void WhoIsNotAmongThePeopleAnyMoreIsForgotten()
    {
        Keep(Pass("1"));

        _memory.Keep(_clock.GetUtcNow(), [], [], []);

        _memory.Now!.Newest.ShouldBeEmpty();
    }

    [Fact]
    public async Task TheDatabaseIsAskedUntilItFailsAndThenNotAtOnceAgain()
    {
        (await _memory.AskAsync(() => Task.FromResult("asked"), () => "remembered", default)).ShouldBe("asked");
        _memory.IsAway.ShouldBeFalse();

        var answer = await _memory.AskAsync<string>(
            () => throw new StorageException("gone"),
            () => "remembered",
            default
        );

        answer.ShouldBe("remembered");
        await Should.ThrowAsync<InvalidOperationException>(() =>
            new OutageMemory(DeployRefSettings.Default, _clock).AskAsync<string>(
                () => throw new InvalidOperationException("a mistake of ours"),
                () => "remembered",
                default
            )
        );
    }

    private void Keep(params StoredPass[] passes) =>
        _memory.Keep(_clock.GetUtcNow(), passes, [s_holder], Array.Empty<FollowedRef>());

    private static readonly Person s_holder = new("w-1", new Subject("https://cluster.example.com", "dag-one"))
    {
        Name = "dag-one",
        Type = ActorType.Workload,
        FirstSeenAt = DateTimeOffset.UnixEpoch,
        LastSeenAt = DateTimeOffset.UnixEpoch,
    };

    private StoredPass Pass(string number) =>
        new($"t-{number}", $"digest-{number}", "w-1", new RepositoryKey("f-1", 7))
        {
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch },
            Refs = new RefPatterns([Glob.Parse("refs/heads/deploy/prod")]),
            Policy = "airflow",
            CreatedAt = _clock.GetUtcNow(),
            ExpiresAt = _clock.GetUtcNow().AddMinutes(15),
        };
}
