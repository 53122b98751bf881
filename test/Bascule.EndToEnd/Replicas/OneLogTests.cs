using System.Collections.Concurrent;
using System.Text;
using Bascule.Client;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>Two replicas sign one log. One of them is killed in the middle of it; whatever either of them has ever shown has to fit together.</summary>
[Trait("Threat", "T147")]
[Collection(ReplicaStage.OneAfterTheOther)]
public sealed class OneLogTests(TwoReplicas replicas) : IClassFixture<TwoReplicas>
{
    private readonly BasculeStage _stage = replicas.Stage;
    private readonly ConcurrentDictionary<string, SignedNote> _shown = new();

    [Fact]
    public async Task NeverTwoCheckpointsThatDoNotFitTogether()
    {
        var repository = await replicas.RepositoryAsync();
        using var over = new CancellationTokenSource();
        var looking = Task.WhenAll(replicas.Replicas.Select(replica => LookAsync(replica, over.Token)));

        await _stage.WaitForRunAsync(await repository.PushChangeAsync("first"));
        var left = await KillOneAsync();
        var commit = await repository.PushChangeAsync("second");
        await _stage.WaitForRunAsync(commit);
        await repository.WaitForStatusAsync(commit, "success");
        var log = await WaitForAllAsync(left);
        await over.CancelAsync();
        await looking;

        _shown.Values.GroupBy(note => Checkpoint.Parse(note)!.Size).ShouldAllBe(same => same.Count() == 1);
        _shown.Count.ShouldBeGreaterThan(2);
        using var key = NoteKey.Parse((await log.ReadKeysAsync(default)).Value.ShouldHaveSingleItem()).Value;
        var earlier = _shown.Values.Select(note => new EarlierCheckpoint(note.Text.Split('\n')[1], note));
        var verdict = await LogVerifier.VerifyAsync(log, new LogExpectation(key) { Earlier = [.. earlier] }, default);
        verdict.Value.IsVerified.ShouldBeTrue(string.Join('\n', verdict.Value.Findings.Select(one => one.Message)));
        log.Dispose();
    }

    /// <summary>What a replica shows, each once, until it is dead or the test is over.</summary>
    private async Task LookAsync(StageReplica replica, CancellationToken over)
    {
        using var log = Open(replica);
        while (!over.IsCancellationRequested && replica.IsServing)
        {
            var read = await log.ReadCheckpointAsync(default);
            if (read.Problem is null && SignedNote.Parse(read.Value.Span) is { } note)
                _shown.TryAdd(Encoding.UTF8.GetString(read.Value.Span), note);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task<StageReplica> KillOneAsync()
    {
        var busier = await replicas.BusiestAsync();
        await busier.KillAsync();
        var left = replicas.Replicas.Single(replica => replica != busier);
        _stage.AskAt(left.SettingsFile);
        return left;
    }

    /// <summary>Until what is left shows every entry that there was when the run had ended.</summary>
    private async Task<AuditLogClient> WaitForAllAsync(StageReplica left)
    {
        var entries = await replicas.CountAsync("SELECT count(*) FROM audit_entry");
        var log = Open(left);
        await _stage.WaitForAsync<object>(
            "a checkpoint over all of it",
            async () =>
                (await log.ReadCheckpointAsync(default)) is { Problem: null } read
                && SignedNote.Parse(read.Value.Span) is { } note
                && Checkpoint.Parse(note)!.Size >= entries
                    ? note
                    : null
        );
        return log;
    }

    private static AuditLogClient Open(StageReplica replica)
    {
        var (address, token) = BasculeStage.LocalOf(replica.SettingsFile);
        return AuditLogClient.ForLocal(new Uri(address, "/audit"), token);
    }
}
