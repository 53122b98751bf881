using Bascule.Core.Credentials;
using Bascule.Simulators.Forges;

namespace Bascule.Server.Tests.Credentials;

/// <summary>The process dies at every single request that a rotation makes, before the forge acts on it and after.</summary>
public sealed class CredentialCrashTests
{
    /// <summary>More than either forge is asked; those beyond the last are rotations without a crash.</summary>
    private const int MostRequests = 9;

    public static TheoryData<string, RequestPhase> Deaths =>
        new()
        {
            { "gitea", RequestPhase.Before },
            { "gitea", RequestPhase.After },
            { "gogs", RequestPhase.Before },
            { "gogs", RequestPhase.After },
        };

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task WhereverItDiesWhatIsInForceWorksAndTheRotationComesToItsEnd(string kind, RequestPhase phase)
    {
        await using var world = await CredentialWorld.OpenAsync(kind);
        await world.SealAsync();
        for (var request = 1; request <= MostRequests; request++)
        {
            var before = (await world.RowAsync()).Fingerprint;
            var former = world.Replica.Credential.Current!;
            await world.AskAsync();

            await DieAtAsync(world, request, phase);
            await world.CrashAsync();

            (await world.WorksAsync(world.Replica)).ShouldBeTrue($"after request {request}");
            await world.FinishAsync();
            var row = await world.RowAsync();
            (row.Step, row.Failure).ShouldBe((CredentialStep.Resting, null), $"after request {request}");
            row.Fingerprint.ShouldNotBe(before);
            (await world.WorksAsync(world.Replica)).ShouldBeTrue($"at the end, request {request}");
            (await world.IsTakenAsync(former)).ShouldBeFalse($"the former one, request {request}");
        }
    }

    /// <summary>What the handler makes of a request that broke off is lost with the process.</summary>
    private static async Task DieAtAsync(CredentialWorld world, int request, RequestPhase phase)
    {
        var (asked, isDead) = (0, false);
        world.Forge.Faults.OnRequest = (_, _, at) =>
        {
            if (at == RequestPhase.Before)
                asked++;
            if (isDead || (asked == request && at == phase))
            {
                isDead = true;
                throw new IOException("the process is gone");
            }
        };
        for (var steps = 0; steps < 20 && !isDead; steps++)
        {
            if (await world.DueAsync() is not [var item])
            {
                world.Clock.Advance(world.Settings.Overlap);
                continue;
            }
            var result = await world.Replica.Rotation.HandleAsync(item, default);
            if (!isDead)
                (
                    await world.Storage.Work.SettleAsync(item, result, world.Clock.GetUtcNow(), default)
                ).Problem.ShouldBeNull();
        }
        world.Forge.Faults.Clear();
    }
}
