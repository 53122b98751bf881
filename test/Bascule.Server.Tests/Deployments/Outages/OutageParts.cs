using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Exchange.Delegation;
using Bascule.Server.Sealing;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>What decides in an outage, without the servers around it. <c>dag-one</c> has followed what is deployed from <c>ml/dags</c> to <c>prod</c>.</summary>
internal sealed class OutageParts : IDisposable
{
    public const string Issuer = "https://cluster.example.com";
    public static readonly RepositoryKey Dags = new("f-1", 7);
    public static readonly RepositoryKey Other = new("f-1", 8);
    private readonly MasterKey _key = MasterKey.Of(new byte[MasterKey.KeyBytes]);

    public OutageParts()
    {
        Memory = new OutageMemory(DeployRefSettings.Default, Clock);
        Tokens = new OutageTokens(_key);
        Pass = new StoredPass("t-1", Token.Digest, "w-1", Dags)
        {
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch },
            Refs = new RefPatterns([Glob.Parse("refs/heads/deploy/prod")]),
            Policy = "airflow",
            CreatedAt = Clock.GetUtcNow(),
            ExpiresAt = Clock.GetUtcNow().AddMinutes(15),
        };
    }

    public StoppedClock Clock { get; } = new();
    public OutageMemory Memory { get; }
    public OutageTokens Tokens { get; }

    /// <summary>What was given while the database was there.</summary>
    public GitToken Token { get; } = GitToken.Make();
    public StoredPass Pass { get; set; }

    public Person Holder { get; set; } =
        new("w-1", new Subject(Issuer, "dag-one"))
        {
            Name = "dag-one",
            Type = ActorType.Workload,
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            LastSeenAt = DateTimeOffset.UnixEpoch,
        };

    public IReadOnlyList<TrustPolicy> Policies { get; set; } = [Policy("airflow"), Policy("second")];

    /// <summary>The number of the repository that holds policies; null for none.</summary>
    public long? PolicyRepositoryId { get; set; }

    /// <summary>What the settings take of the forge.</summary>
    public string Taken { get; set; } = "ml/*";

    public ForgeConnections Forges =>
        new([new ConnectedForge("f-1", "git", new FakeForge("gitea"), [Glob.Parse(Taken)])]);

    public PolicyRepository PolicyRepository =>
        new(
            Forges,
            ExchangeSettings.None with
            {
                Delegation = PolicyRepositoryId is { } id ? Delegation(id) : null,
            },
            new FakeMirror()
        );

    public OutageDoor Door => new(Memory, Tokens, new TrustPolicies(Policies), PolicyRepository, Clock);

    public static TrustPolicy Policy(string name) =>
        new(name)
        {
            Issuer = IssuerUrl.Read(Issuer).Value,
            Subject = new IsOneOf(["dag-one"]),
            Audiences = ["bascule"],
            Repositories = [new RepositoryPattern("git", Glob.Parse("ml/*"))],
            Refs = new RefPatterns([Glob.Parse("refs/heads/deploy/prod")]),
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch, GitVerb.Push },
        };

    public static FollowedRef Ref(RepositoryKey repository, string name) =>
        new(
            new Deployment(
                new DeployPlace(repository, "prod"),
                1,
                Sample.Commit('a'),
                "run:1",
                DateTimeOffset.UnixEpoch
            ),
            "ml",
            name
        );

    /// <summary>What the database says before it is gone.</summary>
    public void Remember() =>
        Memory.Keep(Clock.GetUtcNow(), [Pass], [Holder], [Ref(Dags, "dags"), Ref(Other, "other")]);

    /// <summary>As another replica gives it meanwhile.</summary>
    public GitToken Give(string holder = "w-1", RepositoryKey? repository = null, string policy = "airflow") =>
        Tokens
            .Make(
                holder,
                Ref(repository ?? Dags, "dags"),
                policy,
                Clock.GetUtcNow(),
                Clock.GetUtcNow() + OutageTokens.Longest
            )
            .Token;

    public void Dispose() => _key.Dispose();

    private static TrustDelegation Delegation(long id) =>
        new("git", "ml", "policies", id)
        {
            Branch = Sample.Main,
            Issuers = new Dictionary<string, TrustedIssuer?>(),
            SignIns = [],
            Repositories = [],
            Verbs = new HashSet<GitVerb>(),
            Lifetime = TimeSpan.FromMinutes(15),
        };

    /// <summary>Stands until it is told to move, its timestamps too.</summary>
    internal sealed class StoppedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
