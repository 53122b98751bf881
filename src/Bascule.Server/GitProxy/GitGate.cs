using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Audit;
using Bascule.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy;

/// <summary>Takes a request from the door to whoever answers it, and sees that it ends with its token.</summary>
internal sealed partial class GitGate(
    GitDoor door,
    GitStreams streams,
    GitFetches fetches,
    RefusalCounter refusals,
    IGitPushes pushes,
    ILogger<GitGate> log
)
{
    /// <summary>For whatever is below <c>/git/</c> and no request of git's smart HTTP.</summary>
    public Task RefuseAsync(HttpContext context) =>
        RefuseAsync(context, GitCredential.InQuery(context.Request) ?? GitAnswer.NotHere);

    public async Task HandleAsync(HttpContext context, GitService service)
    {
        try
        {
            await HandleOrFailAsync(context, service);
        }
        finally
        {
            if (MetLimit.Of(context) is { } limit)
                refusals.Count(SourceOf(context), limit.Name, RefusalKind.GitLimit);
        }
    }

    private async Task HandleOrFailAsync(HttpContext context, GitService service)
    {
        try
        {
            var asked = await door.AskAsync(context, service);
            if (asked.Failed(out var problem))
            {
                await RefuseAsync(context, problem);
                return;
            }
            var opened = streams.Open(context, asked.Value.Pass);
            if (opened.Failed(out var many))
            {
                await RefuseAsync(context, many);
                return;
            }
            using var stream = opened.Value;
            if (await ServeAsync(context, service, asked.Value) is { } refused)
                await RefuseAsync(context, refused);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, or its token has ended.
        }
        catch (StorageException failure)
        {
            Log.Failed(log, context.TraceIdentifier, failure);
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("nothing can be decided just now; try again"));
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(log, context.TraceIdentifier, failure);
            await GitAnswer.RefuseAsync(
                context,
                Problem.Internal($"Bascule failed; look for request {context.TraceIdentifier} in its log")
            );
        }
    }

    /// <returns>Why the request may not go on; null when it was answered.</returns>
    private async Task<Problem?> ServeAsync(HttpContext context, GitService service, AskedGit asked)
    {
        GitAnswer.KeepPrivate(context.Response);
        Unbind(context);
        if (service.Verb == GitVerb.Fetch && asked.Pass.Verbs.Contains(GitVerb.Fetch))
            return service.IsAdvertisement
                ? await fetches.AdvertiseAsync(context, asked)
                : await fetches.ServeAsync(context, asked);
        var confirmed = await asked.Confirmed;
        if (confirmed.Failed(out var problem))
            return problem;
        var (pass, repository) = confirmed.Value;
        await (
            service.IsAdvertisement
                ? pushes.AdvertiseAsync(context, pass, repository)
                : pushes.ReceiveAsync(context, pass, repository)
        );
        return null;
    }

    /// <summary>Whoever reads the body keeps a limit of its own and says so in words; a client that stops to think is not slow.</summary>
    private static void Unbind(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private Task RefuseAsync(HttpContext context, Problem problem)
    {
        // git asks without a credential first, and only then for one: that is no refusal.
        var isAsked = problem.Code == ProblemCode.Unauthenticated && context.Request.Headers.Authorization.Count == 0;
        if (!isAsked && MetLimit.Of(context) is null)
            refusals.Count(SourceOf(context), problem.Code.ToString(), RefusalKind.Git);
        return GitAnswer.RefuseAsync(context, problem);
    }

    private static string SourceOf(HttpContext context) => $"{context.Connection.RemoteIpAddress}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Git request {Request} failed")]
        public static partial void Failed(ILogger log, string request, Exception failure);
    }
}
