using System.IO.Compression;
using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Pushes;
using Bascule.Server.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>A push from its first byte to the answer: decided by name, kept apart, judged by content, written down, and only then sent on.</summary>
internal sealed class GitPushes(
    ForgePush forge,
    Quarantines quarantines,
    PushJudge judge,
    PushPermission permission,
    PushForwarding forwarding,
    PushFollowing following,
    AuditTrail audit,
    PushLimits limits
) : IGitPushes
{
    private const string RequestType = "application/x-git-receive-pack-request";

    public async Task AdvertiseAsync(HttpContext context, GitPass pass, ProxiedRepository repository)
    {
        if (!pass.Verbs.Contains(GitVerb.Push) || pass.Repository != repository.Key)
        {
            await GitAnswer.RefuseAsync(context, GitAnswer.NotHere);
            return;
        }
        var listed = await forge.ListAsync(repository.Access, context.RequestAborted);
        if (listed.Failed(out var problem))
            await GitAnswer.RefuseAsync(context, problem);
        else
            await PushAdvertisement.WriteAsync(context.Response, pass, listed.Value, context.RequestAborted);
    }

    public async Task ReceiveAsync(HttpContext context, GitPass pass, ProxiedRepository repository)
    {
        // Clients think before they send; how long, the limits say.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        try
        {
            if (await ReceiveApartAsync(context, pass, repository) is { } through)
                await FollowAsync(context, through);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // the client has gone, or its token has ended
        }
        catch (OperationCanceledException)
        {
            MetLimit.Note(context, "push_seconds");
            var minutes = $"{limits.Whole.TotalMinutes:0} minutes";
            await GitAnswer.RefuseAsync(context, Problem.Exceeded($"the push took longer than {minutes}; push less"));
        }
        catch (TimeoutException slow)
        {
            MetLimit.Note(context, "idle_seconds");
            await GitAnswer.RefuseAsync(context, Problem.Limited(slow.Message));
        }
        catch (Exception malformed) when (malformed is InvalidDataException or EndOfStreamException)
        {
            await GitAnswer.RefuseAsync(context, Problem.Invalid($"the push cannot be read: {malformed.Message}"));
        }
    }

    /// <summary>Null when all has been answered; the quarantine's room is free again for the next push before anybody waits for runs.</summary>
    private async Task<(PushUnderWay Push, PushAnswer Answer)?> ReceiveApartAsync(
        HttpContext context,
        GitPass pass,
        ProxiedRepository repository
    )
    {
        var opened = quarantines.Open();
        if (opened.Failed(out var busy))
        {
            MetLimit.Note(context, "pushes");
            await GitAnswer.RefuseAsync(context, busy);
            return null;
        }
        using var quarantine = opened.Value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(limits.Whole);
        var body = Open(context.Request);
        if (body.Failed(out var unreadable))
        {
            await GitAnswer.RefuseAsync(context, unreadable);
            return null;
        }
        await using var stream = body.Value;
        var read = await PushRequest.ReadAsync(stream, limits.MaxRefs, limit.Token);
        if (read.Failed(out var malformed))
        {
            if (malformed == PushRequest.TooManyRefs(limits.MaxRefs))
                MetLimit.Note(context, "push_refs");
            await GitAnswer.RefuseAsync(context, malformed);
            return null;
        }
        if (read.Value.IsProbe)
        {
            _ = PushReply.Begin(context, read.Value);
            return null;
        }
        var push = new PushUnderWay(NewId(), pass, repository, read.Value, quarantine);
        return await AnswerAsync(push, stream, limit.Token);
    }

    private async Task FollowAsync(HttpContext context, (PushUnderWay Push, PushAnswer Answer) through)
    {
        var (push, answer) = through;
        var ended = context.RequestAborted;
        var reply = PushReply.Begin(context, push.Request);
        foreach (var line in answer.Said)
            await reply.SayAsync(line, ended);
        await reply.ReportAsync(answer, ended);
        await following.FollowAsync(reply, push, answer.Moved, ended);
        await reply.EndAsync(ended);
    }

    private async Task<(PushUnderWay Push, PushAnswer Answer)> AnswerAsync(
        PushUnderWay asked,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        var wish = PushWish.Parse(asked.Request.Options);
        if (wish.Failed(out var mistyped))
            return (asked, await RefuseAsync(asked, body, "push.options", mistyped, cancellationToken));
        var push = asked with { Wish = wish.Value };
        return (push, await DecideAsync(push, body, cancellationToken));
    }

    private async Task<PushAnswer> DecideAsync(PushUnderWay push, Stream body, CancellationToken cancellationToken)
    {
        var listed = await forge.ListAsync(push.Repository.Access, cancellationToken);
        if (listed.Failed(out var silent))
            return await RefuseAsync(push, body, "forge", silent, cancellationToken);
        var verdict = PushRules.Decide(
            push.Pass,
            new Push(push.Repository.Key, push.Request.Commands),
            listed.Value.Tips
        );
        if (!verdict.IsAllowed)
            return await RefuseAsync(push, body, PushRefusal.Of(verdict), cancellationToken);
        var may = await permission.CheckAsync(push.Pass, push.Repository, cancellationToken);
        if (may.Failed(out var mayNot))
            return await RefuseAsync(push, body, PushPermission.Rule, mayNot, cancellationToken);
        if (push.Request.HasPack && await quarantines.SpoolAsync(push.Quarantine, body, cancellationToken) is { } large)
            return await RefuseAsync(push, body, "pushes.limits", large, cancellationToken);
        var judged = await judge.JudgeAsync(push, listed.Value, cancellationToken);
        if (judged.Failed(out var unjudged))
            return await RefuseAsync(push, body, "git.content", unjudged, cancellationToken);
        if (judged.Value.Findings is { Count: > 0 } findings)
            return await RefuseAsync(push, body, PushRefusal.Of(push.Request.Commands, findings), cancellationToken);
        var allowed = push with { Account = may.Value, Heads = judged.Value.Heads };
        return await forwarding.ForwardAsync(allowed, listed.Value, cancellationToken);
    }

    private Task<PushAnswer> RefuseAsync(
        PushUnderWay push,
        Stream body,
        string rule,
        Problem problem,
        CancellationToken cancellationToken
    ) => RefuseAsync(push, body, PushRefusal.Of(push.Request.Commands, rule, problem), cancellationToken);

    /// <summary>Reads the rest, and keeps none of it: git reads no answer while it is still sending.</summary>
    private async Task<PushAnswer> RefuseAsync(
        PushUnderWay push,
        Stream body,
        PushRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        await audit.WriteAsync(push.Entries.Refused(refusal.Rule, refusal.Reasons), cancellationToken);
        var chunk = new byte[64 * 1024];
        for (long left = limits.MaxPackBytes; left > 0; )
        {
            var count = await body.ReadAsync(chunk, cancellationToken);
            if (count == 0)
                break;
            left -= count;
        }
        return refusal.ToAnswer();
    }

    private Result<Stream> Open(HttpRequest request)
    {
        if (request.ContentType != RequestType)
            return Problem.Invalid($"a push is sent as {RequestType}; use git");
        var body = new PatientStream(request.Body, limits.Idle);
        return request.Headers.ContentEncoding.ToString() switch
        {
            "" or "identity" => Result.Of<Stream>(body),
            // What comes out of it is counted, not what goes in (THREATS T95).
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => Problem.Invalid("a push is sent as it is, or compressed by gzip"),
        };
    }

    private static string NewId() => "push-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
}
