using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Connections;
using Bascule.Server.Provenance;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Provenance;

/// <summary>Which approvals a statement names: those that let the run go.</summary>
public sealed class RunEvidenceReaderTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = Sample.Noon;
    private static readonly Run Ended = Sample.Run("ended") with { StartedAt = Start };
    private ServerWorld _world = null!;

    public async Task InitializeAsync() =>
        _world = await ServerWorld.OpenAsync(rules: rule =>
            rule with
            {
                Approvals = new ApprovalPolicy(1, []) { Within = TimeSpan.FromHours(1) },
            }
        );

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatStoodWhenTheRunWasStartedIsNamed()
    {
        var revokedLater = Given("p-bob", minutes: -20) with { VoidedAt = Start.AddMinutes(1) };

        (await NamedAsync(Given("p-ada", minutes: -10), revokedLater)).ShouldBe(["p-ada", "p-bob"]);
    }

    [Fact]
    public async Task WhatWasGivenLaterTakenBackBeforeOrTooOldIsNot()
    {
        Approval[] others =
        [
            Given("p-late", minutes: 1),
            Given("p-back", minutes: -10) with
            {
                VoidedAt = Start.AddMinutes(-1),
            },
            Given("p-old", minutes: -61),
            Given("p-earlier", minutes: -10) with
            {
                Generation = 1,
            },
        ];

        foreach (var other in others)
            (await NamedAsync(other)).ShouldBeEmpty(other.PersonUid);
    }

    [Fact]
    public async Task APersonIsNamedOnce() =>
        (await NamedAsync(Given("p-ada", minutes: -10), Given("p-ada", minutes: -5))).ShouldBe(["p-ada"]);

    private async Task<IEnumerable<string>> NamedAsync(params Approval[] approvals)
    {
        var reader = new RunEvidenceReader(
            _world.Storage.Runs,
            new GivenApprovals(approvals),
            _world.Storage.Installation,
            _world.Get<RunPartyReader>(),
            _world.Get<ForgeConnections>(),
            _world.Get<EnvironmentConnections>(),
            _world.Get<ProvenanceOptions>(),
            _world.Clock
        );
        var read = await reader.ReadAsync(Ended, Start, mayLackProof: true, default);
        return read.Value.Approvals.Select(approval => approval.PersonUid);
    }

    private static Approval Given(string person, int minutes) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = Ended.Id,
            Generation = 2,
            PersonUid = person,
            Thing = new ApprovedThing(new ContentId(new string('1', 64)), Ended.Commit, "digest", "ml-prod"),
            At = Start.AddMinutes(minutes),
            Source = ApprovalSource.Bascule,
        };

    private sealed class GivenApprovals(IReadOnlyList<Approval> given) : IApprovalStore
    {
        public Task<ApprovalRequest?> FindAsync(RunId run, CancellationToken cancellationToken) =>
            Task.FromResult<ApprovalRequest?>(new ApprovalRequest(run, 2, 0, Start.AddHours(-2), Start.AddHours(2)));

        public Task<IReadOnlyList<Approval>> ReadAsync(RunId run, CancellationToken cancellationToken) =>
            Task.FromResult(given);

        public Task<BreakGlass?> FindBreakGlassAsync(RunId run, CancellationToken cancellationToken) =>
            Task.FromResult<BreakGlass?>(null);

        public Task<IReadOnlyList<Run>> ListOpenAsync(RepositoryKey repository, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("nobody asks for that");

        public Task<IReadOnlyList<Run>> ListLaneAsync(
            RepositoryKey repository,
            RefName name,
            string workflow,
            string environment,
            int limit,
            CancellationToken cancellationToken
        ) => throw new InvalidOperationException("nobody asks for that");

        public Task<IReadOnlyList<Run>> ListProposedAsync(
            RepositoryKey repository,
            string workflow,
            string environment,
            ContentId content,
            CancellationToken cancellationToken
        ) => throw new InvalidOperationException("nobody asks for that");
    }
}
