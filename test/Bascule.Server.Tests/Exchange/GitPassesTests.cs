using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Exchange;
using Bascule.Server.Exchange.Delegation;
using Bascule.Server.Tests.World;
using Bascule.Storage;
using Bascule.Testing.Identity;

namespace Bascule.Server.Tests.Exchange;

/// <summary>How long a token is good, and how soon its end counts at another replica.</summary>
public sealed class GitPassesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-passes-").FullName;
    private readonly SteadyClock _clock = new();
    private SqliteStorage _storage = null!;

    public async Task InitializeAsync() =>
        _storage = await SqliteStorage.OpenAsync(Path.Combine(_folder, "bascule.db"), _clock, default);

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task ATokenEndsWhenItsTimeIsOver()
    {
        var (passes, token) = (Replica(), await GiveAsync());
        var pass = (await passes.FindAsync(token.Text, default)).Value;

        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        (await passes.IsGoodAsync(pass, default)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromTicks(1));

        (await passes.IsGoodAsync(pass, default)).ShouldBeFalse();
        (await passes.FindAsync(token.Text, default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T91")]
    public async Task WhatAnotherReplicaEndedCountsHereWithinASecond(bool isRetired)
    {
        var (here, token) = (Replica(), await GiveAsync());
        var pass = (await here.FindAsync(token.Text, default)).Value;
        (await here.IsGoodAsync(pass, default)).ShouldBeTrue();

        await ApplyAsync(
            isRetired ? new RetirePerson("w-1", _clock.GetUtcNow()) : new RevokeGitPass(pass.Uid, _clock.GetUtcNow())
        );
        _clock.Advance(TimeSpan.FromMilliseconds(400));

        (await here.IsGoodAsync(pass, default)).ShouldBeFalse();
        (await here.FindAsync(token.Text, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T54")]
    public async Task APolicyThatIsGoneTakesItsTokensWithIt()
    {
        var token = await GiveAsync();

        (await Replica("nightly").FindAsync(token.Text, default)).Problem.ShouldBeNull();
        (await Replica("another").FindAsync(token.Text, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheDigestIsNoToken()
    {
        var token = await GiveAsync();

        (await Replica().FindAsync(new Secret(token.Digest), default)).Problem.ShouldNotBeNull();
        (await Replica().FindAsync(new Secret($"bsc_s_{token.Text.Reveal()[6..]}"), default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task WhoeverSeesThatItIsOverTellsTheOthers()
    {
        var token = await GiveAsync();
        var pass = (await Replica().FindAsync(token.Text, default)).Value;
        var replica = Replica();
        (await replica.IsGoodAsync(pass, default)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        (await replica.FindAsync(token.Text, default)).Problem.ShouldBeNull();
        await ApplyAsync(new RevokeGitPass(pass.Uid, _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromMilliseconds(150));
        (await replica.IsGoodAsync(pass, default)).ShouldBeFalse();

        (await replica.FindAsync(token.Text, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task ATokenFromBeforeOpensNoRepositoryThatHoldsPolicies()
    {
        var token = await GiveAsync();

        (await Replica(policyRepository: 8).FindAsync(token.Text, default)).Problem.ShouldBeNull();
        (await Replica(policyRepository: 7).FindAsync(token.Text, default)).Problem.ShouldNotBeNull();
    }

    private GitPasses Replica(string policy = "nightly", long? policyRepository = null)
    {
        var settings = ExchangeSettings.None with { Delegation = policyRepository is { } id ? ADelegation(id) : null };
        var forges = new ForgeConnections([new ConnectedForge("f-1", "git", new FakeForge("gitea"), [])]);
        return new GitPasses(
            _storage.GitPasses,
            _storage.People,
            new TrustPolicies([APolicy(policy)]),
            new PolicyRepository(forges, settings, new FakeMirror()),
            _clock
        );
    }

    private static TrustDelegation ADelegation(long id) =>
        new("git", "ml", "policies", id)
        {
            Branch = RefName.Parse("refs/heads/main"),
            Issuers = new Dictionary<string, TrustedIssuer?>(),
            SignIns = [],
            Repositories = [],
            Verbs = new HashSet<GitVerb>(),
            Lifetime = TimeSpan.FromMinutes(15),
        };

    private async Task<GitToken> GiveAsync()
    {
        var token = GitToken.Make();
        var now = _clock.GetUtcNow();
        var holder = new Person("w-1", new Subject("https://cluster.example.com", "train"))
        {
            Name = "train",
            Type = ActorType.Workload,
            FirstSeenAt = now,
            LastSeenAt = now,
        };
        var pass = new StoredPass(StoredPass.NewUid(), token.Digest, holder.Uid, new RepositoryKey("f-1", 7))
        {
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch },
            Refs = new RefPatterns([Glob.Parse("refs/heads/main")]),
            Policy = "nightly",
            CreatedAt = now,
            ExpiresAt = now.AddMinutes(15),
        };
        await ApplyAsync(new SavePerson(holder), new AddGitPass(pass));
        return token;
    }

    private async Task ApplyAsync(params Change[] changes) =>
        (await _storage.Work.ApplyAsync(changes, default)).Problem.ShouldBeNull();

    private static TrustPolicy APolicy(string name) =>
        new(name)
        {
            Issuer = IssuerUrl.Read("https://cluster.example.com").Value,
            Subject = new IsOneOf(["train"]),
            Audiences = ["bascule"],
            Repositories = [],
            Refs = new RefPatterns([]),
            Verbs = new HashSet<GitVerb>(),
        };
}
