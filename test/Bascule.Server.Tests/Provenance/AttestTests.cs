using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Checking;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Provenance;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Provenance;

public sealed class AttestTests : IAsyncLifetime
{
    private static readonly Observation End = new(PlatformRunState.Succeeded, null, null, null);
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ARunThatEndedGetsOneStatementOfEachKind()
    {
        _world.Platform.Results = new RunResults([], [new ModelVersion("main.churn", "2", null)], []);
        var run = await _world.EndAsync(End);

        await _world.DrainAsync("attest");

        var made = await _world.Storage.Attestations.ListAsync(run.Id, default);
        made.Select(one => one.PredicateType)
            .ShouldBe([ProvenanceNames.RunPredicate, ProvenanceNames.SlsaPredicate], ignoreOrder: true);
        foreach (var one in made)
            (await CheckAsync(one)).Statement.PredicateType.ShouldBe(one.PredicateType);
        (await _world.TimelineAsync(run)).ShouldContain(line =>
            line.StartsWith("attest: signed by key ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task TheStatementNamesTheTreeTheRuleAndWhoeverTheForgeNamesByANumber()
    {
        var run = await _world.EndAsync(End);
        await _world.DrainAsync("attest");

        var statement = (await CheckAsync(await OneAsync(run))).Statement;

        var predicate = JsonNode.Parse(statement.Predicate.GetRawText())!;
        ((string)predicate["source"]!["treeSha256"]!).ShouldBe(run.TreeDigest.ShouldNotBeNull());
        ((string)predicate["decision"]!["rule"]!).ShouldBe("environments.ml-prod.branches");
        ((string)predicate["by"]![0]!["party"]!).ShouldBe($"account:f-1/{ServerWorld.Ada.Id}");
        ((string)predicate["by"]![0]!["assurance"]!).ShouldBe("asserted");
        statement.Json.GetRawText().ShouldNotContain(ServerWorld.Ada.Login);
    }

    [Fact]
    public async Task TheLogHoldsTheDigestOfWhatIsHandedOut()
    {
        var run = await _world.EndAsync(End);

        await _world.DrainAsync("attest");

        var entry = (await _world.EntriesAsync("run.attested")).ShouldHaveSingleItem();
        var made = await OneAsync(run);
        ((string)entry["facts"]!["envelope_sha256"]!).ShouldBe(made.Digest);
        ((string)entry["facts"]!["key"]!).ShouldBe(made.KeyId);
        ((string)entry["links"]!["run"]!).ShouldBe(run.Id.Text);
    }

    /// <summary>A crash between signing and storing brings the row again; so does one that was stored and not settled.</summary>
    [Fact]
    public async Task TheRowComingTwiceChangesNothing()
    {
        var run = await _world.EndAsync(End);
        var handler = _world.Handler<AttestHandler>();
        await handler.HandleAsync(run.Item(AttestWork.Kind), default);
        (await _world.Storage.Attestations.ListAsync(run.Id, default)).ShouldBeEmpty("nothing was settled");
        await _world.DrainAsync("attest");
        var first = await OneAsync(run);

        var again = await handler.HandleAsync(run.Item(AttestWork.Kind), default);

        again.ShouldBeOfType<FinishedWork>().Changes.ShouldBeEmpty();
        (await OneAsync(run)).Digest.ShouldBe(first.Digest);
    }

    [Fact]
    public async Task OfARunThatWasNeverSentAnywhereNothingIsSaid()
    {
        var run = await _world.QueueAsync();
        await _world.Get<IRunCommands>().CancelAsync(run.Id, "operator", default);
        await _world.DrainAsync("run.cancel");

        (await _world.FindAsync(run)).State.ShouldBe(RunState.Canceled);
        (await _world.DueAsync("attest")).ShouldBeEmpty();
    }

    [Fact]
    public async Task AKeyThatCannotBeReachedIsWaitedForAndTheRunSaysSo()
    {
        var run = await _world.EndAsync(End);
        var handler = _world.With(new FailingPlace(Problem.Unavailable("the vault is away")));

        for (var attempt = 0; attempt <= 5; attempt++)
        {
            var later = (
                await handler.HandleAsync(run.Item(AttestWork.Kind, attempt), default)
            ).ShouldBeOfType<RepeatedWork>();
            later.Changes.OfType<AddTimeline>().Any().ShouldBe(attempt == 5);
        }
    }

    /// <summary>A token or a vault that signs by another key than the published one would make statements that nobody can verify.</summary>
    [Fact]
    public async Task WhatWasSignedByAnotherKeyIsNotKept()
    {
        var run = await _world.EndAsync(End);
        var handler = _world.With(new LyingPlace());

        var later = (await handler.HandleAsync(run.Item(AttestWork.Kind), default)).ShouldBeOfType<RepeatedWork>();

        later.Problem.ShouldNotBeNull().Message.ShouldContain("its signature does not verify");
        later.Changes.ShouldBeEmpty();
    }

    /// <summary>Somebody who has a collision of SHA-1 swaps the files between plan and start.</summary>
    [Fact]
    [Trait("Threat", "T72")]
    public async Task OtherFilesUnderTheSameCommitIdAreNeverSent()
    {
        var run = await _world.QueueAsync('a');
        _world.Mirror.Commit(ServerWorld.Main, 'a', null, (".bascule.yaml", ServerWorld.File), ("train.py", "evil()"));

        await _world.DrainAsync("run.start");

        var ended = await _world.FindAsync(run);
        ended.State.ShouldBe(RunState.Failed);
        ended.Reason.ShouldNotBeNull().ShouldContain("collision of SHA-1");
        _world.Platform.RunCount.ShouldBe(0);
    }

    private async Task<Attestation> OneAsync(Run run) =>
        (await _world.Storage.Attestations.ListAsync(run.Id, default)).ShouldHaveSingleItem();

    private async Task<CheckedStatement> CheckAsync(Attestation attestation)
    {
        var keys = (await _world.Get<ProvenanceKeys>().ListAsync(default)).Value;
        var envelope = DsseReader.Parse(attestation.Envelope).Value;
        return AttestationCheck.Check(envelope, [.. keys.Select(ProvenanceRecords.ToVerify)]).Value;
    }
}
