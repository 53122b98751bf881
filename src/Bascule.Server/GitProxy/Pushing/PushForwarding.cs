using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Sends on what was allowed: no entry, no push; a token that has ended meanwhile, no push (THREATS T91). What moved is looked at at once.</summary>
internal sealed partial class PushForwarding(
    ForgePush forge,
    IWorkStore work,
    PushedHeads heads,
    AuditTrail audit,
    TimeProvider time,
    ILogger<PushForwarding> logger,
    IGitPasses? passes = null
)
{
    private const string Unknown = "unknown";

    public async Task<PushAnswer> ForwardAsync(PushUnderWay push, ForgeRefs known, CancellationToken cancellationToken)
    {
        var written = await audit.WriteAsync(push.Entries.Allowed(), cancellationToken);
        if (written.Failed(out var unwritten))
            return PushRefusal.Of(push.Request.Commands, "audit", unwritten).ToAnswer();
        if (passes is null || !await passes.IsGoodAsync(push.Pass, cancellationToken))
            return await StopAsync(push);
        try
        {
            var packFile = push.Request.HasPack ? push.Quarantine.PackFile : null;
            var sent = await forge.SendAsync(
                push.Repository.Access,
                known,
                push.Request.Commands,
                packFile,
                cancellationToken
            );
            return await EndAsync(push, sent);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(push, Problem.Unavailable("the push was cut while it was on its way to the forge"));
            throw;
        }
    }

    private async Task<PushAnswer> StopAsync(PushUnderWay push)
    {
        var ended = Problem.Unauthenticated("your token has ended while you pushed; get another and push again");
        var refs = push.Request.Commands.ToDictionary(command => command.Name, _ => (string?)"not forwarded");
        await NoteAsync(push, "not_forwarded", refs, [], []);
        return PushRefusal.Of(push.Request.Commands, "token", ended).ToAnswer();
    }

    /// <summary>Whatever happened is written down and looked at, even when nobody waits for the answer any more.</summary>
    private async Task<PushAnswer> EndAsync(PushUnderWay push, Result<ForgeReport> sent)
    {
        var commands = push.Request.Commands;
        var refs = commands.ToDictionary(
            command => command.Name,
            command => sent.Problem is { } problem ? problem.Message : sent.Value.WhyNot(command.Name),
            StringComparer.Ordinal
        );
        var moved = commands.Where(command => refs[command.Name] is null).ToList();
        var outcome =
            sent.Problem is not null ? Unknown
            : moved.Count == commands.Count ? "pushed"
            : moved.Count > 0 ? "partly"
            : "refused_by_forge";
        // Where it is not known what moved, all of it is looked at.
        await NoteAsync(push, outcome, refs, moved, outcome == Unknown ? commands : moved);
        if (sent.Failed(out var unsent))
            return PushAnswer.Refused(
                push.Request,
                "the forge did not answer",
                [$"Bascule could not tell what became of this push: {unsent.Message}", "Run git fetch to see."]
            );
        return new PushAnswer(
            sent.Value.Unpacked,
            [.. commands.Select(command => (command, refs[command.Name]))],
            [.. sent.Value.Said, .. PushNotes.After(push, moved)]
        );
    }

    private async Task NoteAsync(
        PushUnderWay push,
        string outcome,
        IReadOnlyDictionary<string, string?> refs,
        IReadOnlyList<RefCommand> moved,
        IReadOnlyList<RefCommand> toLookAt
    )
    {
        var now = time.GetUtcNow();
        var led = await heads.ListAsync(push.Repository.Key, toLookAt, CancellationToken.None);
        var looks = toLookAt
            .Select(command => RefName.Parse(command.Name))
            .Union(led.Select(head => head.Ref))
            .Select(name => LookHandler.At(push.Repository.Key, name, now));
        var pushed = moved.Where(command => !command.IsDeletion).Select(command => Pushed(push, command, now));
        Change[] changes = [audit.Record(push.Entries.Ended(outcome, refs)), .. pushed, .. looks];
        var stored = await work.ApplyAsync(changes, CancellationToken.None);
        if (stored.Failed(out var problem))
            Log.NotNoted(logger, push.Id, outcome, problem.Message);
    }

    private static AddPushedRef Pushed(PushUnderWay push, RefCommand command, DateTimeOffset now) =>
        new(
            new PushedRef(
                push.Repository.Key,
                RefName.Parse(command.Name),
                push.Heads.TryGetValue(command.Name, out var head) ? head : command.After,
                push.Pass.Holder.Type,
                push.Pass.Holder.Uid,
                push.Pass.Uid,
                push.Id,
                now
            )
            {
                Account = push.Account,
            }
        );

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What became of {Push} ({Outcome}) could not be stored: {Reason}")]
        public static partial void NotNoted(ILogger logger, string push, string outcome, string reason);
    }
}
