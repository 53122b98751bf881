using System.Runtime.CompilerServices;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Holding;
using Bascule.Server.Reports;
using Bascule.Server.Schedules;

namespace Bascule.Server.Connect;

/// <summary>What <c>bascule connect</c> does: webhooks on every repository the settings name, the federation commands, and a probe of the whole loop.</summary>
internal sealed class Connector(
    ForgeConnections forges,
    EnvironmentConnections environments,
    RepositoryLookup lookup,
    WebhookRegistrar registrar,
    RefBaseline baseline,
    WebhookProbe probe,
    BranchGuard guard,
    Doctor doctor,
    IWorkStore store,
    PlatformLogins logins,
    BadgeLinks badges,
    HoldGate gate,
    TimeProvider time
)
{
    public async IAsyncEnumerable<Finding> ConnectAsync(
        bool rotate,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if ((await gate.PassAsync(cancellationToken)).Failed(out var held))
        {
            yield return new Finding(FindingKind.Bad, "this installation", held.Message);
            yield break;
        }
        foreach (var forge in forges.All)
        {
            var listed = await forge.Forge.ListRepositoriesAsync(cancellationToken);
            if (listed.Failed(out var problem))
            {
                yield return new Finding(FindingKind.Bad, $"forge {forge.Name}", problem.Message);
                continue;
            }
            var taken = listed.Value.Where(repository => forge.Takes(repository.FullName)).ToList();
            if (taken.Count == 0)
                yield return NoRepository(forge, listed.Value.Count);
            foreach (var repository in taken)
            await foreach (var finding in ConnectAsync(forge, repository, rotate, cancellationToken))
                yield return finding;
        }
        foreach (var environment in environments.All)
        foreach (var login in logins.Of(environment))
            yield return new Finding(
                FindingKind.Note,
                login.Subject,
                $"an administrator of platform '{environment.Platform.Name}' {login.Grant}:",
                login.Setup
            );
        foreach (var finding in CredentialSplit.Of(Counted()))
            yield return finding;
        await foreach (var finding in doctor.ExamineAsync(cancellationToken))
            yield return finding;
    }

    private IEnumerable<(string Environment, ICountsCredentials Platform)> Counted() =>
        from environment in environments.All
        where environment.Platform is ICountsCredentials
        select (environment.Name, (ICountsCredentials)environment.Platform);

    private async IAsyncEnumerable<Finding> ConnectAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        bool rotate,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var subject = $"{forge.Name}:{repository.FullName}";
        var connected = await ConnectOneAsync(forge, repository, rotate, cancellationToken);
        if (connected.Failed(out var problem))
        {
            yield return new Finding(FindingKind.Bad, subject, problem.Message);
            yield break;
        }
        yield return new Finding(FindingKind.Done, subject, connected.Value);
        yield return await probe.ProbeAsync(forge, repository, cancellationToken);
        await foreach (var finding in guard.GuardAsync(forge, repository, cancellationToken))
            yield return finding;
        if (forge.Forge is not ICommitStatuses)
            yield return new Finding(
                FindingKind.Note,
                subject,
                $"{forge.Forge.Kind} shows no commit status; put this badge into the README:",
                badges.MarkdownFor(new RepositoryKey(forge.Uid, repository.Id), repository.DefaultBranch)
            );
    }

    private async Task<Result<string>> ConnectOneAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        bool rotate,
        CancellationToken cancellationToken
    )
    {
        var key = new RepositoryKey(forge.Uid, repository.Id);
        var saved = await store.ApplyAsync([new SaveRepository(key, repository)], cancellationToken);
        if (saved.Failed(out var unsaved))
            return unsaved;
        var opened = await lookup.OpenAsync(key, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var before = await RefBaseline.ReadAsync(opened.Value, cancellationToken);
        if (before.Failed(out var unread))
            return unread;
        var webhook = await registrar.EnsureAsync(forge, repository, rotate, cancellationToken);
        if (webhook.Failed(out var unregistered))
            return unregistered;
        var recorded = await baseline.RecordAsync(opened.Value, before.Value, cancellationToken);
        if (recorded.Failed(out var unrecorded))
            return unrecorded;
        var begun = await store.ApplyAsync([ScheduleBeginHandler.Of(key, time.GetUtcNow())], cancellationToken);
        if (begun.Failed(out var unbegun))
            return unbegun;
        var (noted, moved) = recorded.Value;
        var refs = moved > 0 ? $"{noted} refs noted, {moved} looked at because they have moved" : $"{noted} refs noted";
        return $"{webhook.Value}; {refs}";
    }

    private static Finding NoRepository(ConnectedForge forge, int visible) =>
        new(
            FindingKind.Bad,
            $"forge {forge.Name}",
            $"none of the {visible} repositories that its token can see matches forges.{forge.Name}.repositories; give the token's account access, or widen the list"
        );
}
