using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Server.Audit;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Exchange;
using Bascule.Server.Telemetry;
using Bascule.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>To whom a token is given while the database is away.</summary>
[Trait("Threat", "T91")]
public sealed class OutageExchangeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-outage-").FullName;
    private readonly OutageParts _parts = new();
    private readonly BasculeMetrics _metrics = new();

    public OutageExchangeTests() => _parts.Remember();

    public void Dispose()
    {
        _metrics.Dispose();
        _parts.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WhoFollowedBeforeGetsOneForFiveMinutes()
    {
        var given = (await AskAsync()).ShouldNotBeNull();

        given.Pass.HolderUid.ShouldBe("w-1");
        given.Pass.Verbs.ShouldBe([GitVerb.Fetch]);
        given.Pass.Refs.DeployEnvironment.ShouldBe("prod");
        given.Pass.ExpiresAt.ShouldBe(_parts.Clock.GetUtcNow().AddMinutes(5));
        _parts.Door.Open(given.Token.Text).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task WhoAsksSoonAgainGetsTheSame()
    {
        var exchange = Exchange();
        var first = await AskAsync(exchange: exchange);

        (await AskAsync(exchange: exchange)).ShouldBe(first);
        _parts.Clock.Advance(TimeSpan.FromMinutes(4));
        (await AskAsync(exchange: exchange)).ShouldNotBe(first);
    }

    [Fact]
    public async Task AStrangerGetsNone()
    {
        _parts.Policies = [OutageParts.Policy("airflow") with { Subject = new IsOneOf(["dag-one", "dag-two"]) }];

        (await AskAsync()).ShouldNotBeNull();
        (await AskAsync(claims: Claims("dag-two"))).ShouldBeNull();
    }

    [Fact]
    public async Task NothingIsGivenForAPush()
    {
        (await AskAsync(verbs: [GitVerb.Push])).ShouldBeNull();
        (await AskAsync(verbs: [GitVerb.Fetch, GitVerb.Push])).ShouldBeNull();
    }

    [Fact]
    public async Task ASessionGetsNone()
    {
        _parts.Policies = [OutageParts.Policy("airflow") with { Audiences = [] }];

        (await AskAsync(claims: $$"""{"iss":"{{OutageParts.Issuer}}","sub":"dag-one"}""")).ShouldBeNull();
    }

    [Fact]
    public async Task ATokenThatIsGoodOnceIsNotTakenWhereNobodyCanCount()
    {
        _parts.Policies = [OutageParts.Policy("airflow") with { IsSingleUse = true }];

        (await AskAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task ARepositoryThatTheSettingsNoLongerTakeIsGivenToNobody()
    {
        _parts.Taken = "other/*";

        (await AskAsync()).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T53")]
    public async Task TheRepositoryThatHoldsPoliciesIsGivenToNobody()
    {
        _parts.PolicyRepositoryId = OutageParts.Dags.Id;

        (await AskAsync()).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredGetsNone()
    {
        _parts.Holder = _parts.Holder with { RetiredAt = _parts.Clock.GetUtcNow() };
        _parts.Remember();

        (await AskAsync()).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WithoutRoomForTheEntryNothingIsGiven() =>
        (await AskAsync(exchange: Exchange(mostEntries: 0))).ShouldBeNull();

    private OutageExchange Exchange(int mostEntries = 10) =>
        new(
            _parts.Memory,
            _parts.Tokens,
            new TrustPolicies(_parts.Policies),
            _parts.PolicyRepository,
            _parts.Forges,
            new AuditTrail(
                new GoneAudit(),
                _parts.Clock,
                _metrics,
                NullLogger<AuditTrail>.Instance,
                reads: new ReadSpool(new AuditSpool(Path.Combine(_folder, ReadSpool.FileName), mostEntries))
            ),
            _parts.Clock
        );

    private static string Claims(string subject) =>
        $$"""{"iss":"{{OutageParts.Issuer}}","sub":"{{subject}}","aud":"bascule"}""";

    /// <summary>What is given when the database does not answer; null when that it cannot be decided is said.</summary>
    private async Task<GivenToken?> AskAsync(
        IReadOnlyList<GitVerb>? verbs = null,
        string? claims = null,
        OutageExchange? exchange = null
    )
    {
        var shown = ShownIdentity.Suppose(JsonDocument.Parse(claims ?? Claims("dag-one")).RootElement).Value;
        var outcome = await (exchange ?? Exchange()).AskAsync(
            () => throw new StorageException("gone"),
            new TokenRequest(new Secret("shown"), new RepositoryAddress("git", "ml", "dags"), verbs ?? [GitVerb.Fetch]),
            new ProvenSubject(shown, shown.Subject.Id),
            default
        );
        (outcome.Given is null).ShouldBe(outcome.Error is not null);
        return outcome.Given;
    }

    private sealed class GoneAudit : IAuditLog
    {
        public Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
            throw new StorageException("gone");

        public Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken) =>
            throw new StorageException("gone");

        public Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken) =>
            throw new StorageException("gone");
    }
}
