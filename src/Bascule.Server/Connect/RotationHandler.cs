using System.Collections.Concurrent;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Connect;

/// <summary>Gives the webhooks of a forge new secrets before they are older than the settings say, a few at a time (THREATS T22).</summary>
internal sealed partial class RotationHandler(
    ForgeConnections forges,
    IWebhookStore webhooks,
    IRepositoryStore repositories,
    WebhookRegistrar registrar,
    TimeProvider time,
    ILogger<RotationHandler> log
) : IWorkHandler
{
    public const string RotationKind = "rotation.forge";

    /// <summary>Four requests each: a forge is not to notice.</summary>
    internal const int Step = 5;
    private const int Spread = 97;
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);

    public string Kind => RotationKind;

    /// <summary>The one row of a forge, which repeats itself for ever; asked for at every start.</summary>
    public static Change RowOf(string forgeUid, DateTimeOffset due) =>
        new AddWork(new NewWork($"rotation:{forgeUid}", RotationKind, forgeUid, due, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (forges.Find(item.Subject) is not { RotateSecrets: { } age } forge)
            return WorkResult.Finished(); // a start with other settings adds the row again
        var now = time.GetUtcNow();
        var waiting = (await webhooks.ListAsync(cancellationToken))
            .Where(webhook => webhook.Repository.ForgeUid == forge.Uid && webhook.ForgeWebhookId is not null)
            .Select(webhook => (Webhook: webhook, DueAt: DueAt(webhook, age)))
            .OrderBy(entry => entry.DueAt)
            .ToList();
        var due = waiting.TakeWhile(entry => entry.DueAt <= now).Take(Step).ToList();
        foreach (var (webhook, _) in due)
            await RotateAsync(forge, webhook, now, cancellationToken);
        return WorkResult.Again(due.Count == Step ? Breath : UntilNext(waiting.Skip(due.Count), now));
    }

    private async Task RotateAsync(
        ConnectedForge forge,
        Webhook webhook,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var repository = await repositories.FindAsync(webhook.Repository, cancellationToken);
        if (repository is null || !forge.Takes(repository.FullName))
        {
            _failed[webhook.Uid] = now; // the settings do not name it any more
            return;
        }
        var rotated = await registrar.RotateAsync(forge, repository, webhook, cancellationToken);
        if (rotated.Failed(out var problem))
        {
            _failed[webhook.Uid] = now;
            Log.Failed(log, forge.Name, repository.FullName, problem.Message);
        }
        else
        {
            _failed.TryRemove(webhook.Uid, out _);
            Log.Rotated(log, forge.Name, repository.FullName, rotated.Value);
        }
    }

    /// <summary>Between 90 % of the age and all of it, so that what was connected on one day is not rotated in one hour.</summary>
    private DateTimeOffset DueAt(Webhook webhook, TimeSpan age)
    {
        var made = WebhookRegistrar.SecretMadeAt(webhook);
        var spread = age * (webhook.Repository.Id % Spread / (10.0 * Spread));
        var due = made is { } at ? at + age - spread : webhook.CreatedAt;
        return _failed.TryGetValue(webhook.Uid, out var failed) && failed + AfterFailure > due
            ? failed + AfterFailure
            : due;
    }

    private static TimeSpan UntilNext(IEnumerable<(Webhook Webhook, DateTimeOffset DueAt)> later, DateTimeOffset now)
    {
        var wait = later.Select(entry => entry.DueAt - now).DefaultIfEmpty(LongestWait).Min();
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, Breath.Ticks, LongestWait.Ticks));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Forge {Forge}, {Repository}: {Done}")]
        public static partial void Rotated(ILogger log, string forge, string repository, string done);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "Forge {Forge}, {Repository}: the webhook keeps its secret for now: {Reason}"
        )]
        public static partial void Failed(ILogger log, string forge, string repository, string reason);
    }
}
