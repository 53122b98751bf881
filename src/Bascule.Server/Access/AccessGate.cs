using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.Api;
using Bascule.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Access;

/// <summary>The one place where it is decided whether a request reaches its route (THREATS T58). A route without a rule is not reached.</summary>
internal sealed partial class AccessGate(
    WhoAsks who,
    RoleRules roles,
    Refusals refusals,
    TimeProvider time,
    ILogger<AccessGate> log
)
{
    /// <summary>Together with <see cref="RetiredPeople"/>'s freshness this stays below a second.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(400);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            await next(context);
            return;
        }
        var rule = endpoint.Metadata.GetOrderedMetadata<RouteRule>() is [var only] ? only : null;
        var proof = WhoAsks.Read(context);
        try
        {
            var actor = await FindActorAsync(context, endpoint, proof);
            if (actor is not null)
                context.Features.Set(actor);
            if (rule is not (OpenToAll or ForToken) && await RefuseAsync(context, rule, actor) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }
        }
        catch (StorageException failure)
        {
            Log.Undecided(log, context.TraceIdentifier, failure);
            var problem = Problem.Unavailable("who asks cannot be told just now; try again");
            await new ProblemAnswer(problem).ExecuteAsync(context);
            return;
        }
        await (proof is { IsLocal: false } ? WatchedAsync(context, rule, proof, next) : next(context));
    }

    /// <summary>Without sign-in the pages on the machine itself are there to be read by whoever is on it.</summary>
    private async Task<Actor?> FindActorAsync(HttpContext context, Endpoint endpoint, Proof? proof)
    {
        var found = await who.FindAsync(proof, context.RequestAborted);
        var isLocalPage = context.IsLocal() && endpoint.Metadata.GetMetadata<Inside>() is { IsPage: true };
        return found ?? (isLocalPage && !who.PeopleSignIn ? Actor.LocalReader : null);
    }

    /// <summary>Null when it may go on.</summary>
    private async Task<IResult?> RefuseAsync(HttpContext context, RouteRule? rule, Actor? actor)
    {
        if (rule is ForPerson)
            return IsPerson(actor) ? null : refusals.NoPerson(context, actor);
        if (rule is not AsksFor asks)
            return refusals.Denied(context, new RoleDecision(false, default, "roles", "this route has no rule"));
        if (actor is null)
            return refusals.Unknown(context);
        var first = IsFiltered(asks)
            ? roles.DecideAnywhere(actor, asks.Act)
            : roles.Decide(actor, asks.Act, Scope.Installation);
        if (!first.IsAllowed)
            return refusals.Denied(context, first);
        return asks.About is { } about ? await RefuseAsync(context, asks.Act, about, actor) : null;
    }

    private async Task<IResult?> RefuseAsync(HttpContext context, Act act, About about, Actor actor)
    {
        var id = (string?)context.GetRouteValue(RouteRules.Id) ?? "";
        var scope = await about.FindAsync(context, id, actor, act);
        if (scope is null || !roles.Decide(actor, about.Reading, scope).IsAllowed)
        {
            context.Features.Set(new Hidden(id));
            return null;
        }
        var decision = roles.Decide(actor, act, scope);
        return decision.IsAllowed ? null : refusals.Denied(context, decision);
    }

    /// <summary>Somebody with a name, and no machine that acts for them (THREATS T154).</summary>
    private static bool IsPerson(Actor? actor) => actor is { Subject: not null, Type: ActorType.Human };

    /// <summary>Routes that name one thing are decided on by it, and lists hold only what may be seen; everything else is about the whole installation.</summary>
    private static bool IsFiltered(AsksFor asks) =>
        asks.About is not null || asks.Act is Act.ReadRuns or Act.ReadDeliveries or Act.ReadForges;

    /// <summary>However long the request lasts: it is cut within a second of its session's end, or its person's (THREATS T45).</summary>
    private async Task WatchedAsync(HttpContext context, RouteRule? rule, Proof proof, RequestDelegate next)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var watch = context.FindActor() is null ? Task.CompletedTask : WatchAsync(context, rule, proof, over.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(HttpContext context, RouteRule? rule, Proof proof, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookAgain, time, over);
                var actor = await who.FindAsync(proof, over);
                if (actor is null || (rule is AsksFor asks && !roles.DecideAnywhere(actor, asks.Act).IsAllowed))
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (StorageException failure)
        {
            Log.Undecided(log, context.TraceIdentifier, failure);
        }
        // Open routes answer anybody: signing out must not cut its own answer.
        if (rule is AsksFor or ForPerson && !over.IsCancellationRequested)
            context.Abort();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Who makes request {Request} cannot be told, so it was refused")]
        public static partial void Undecided(ILogger log, string request, Exception failure);
    }
}
