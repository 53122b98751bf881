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

    public Task HandleAsync(HttpContext context, GitService service) =>
        HandleAsync(context, service, asked => ServeAsync(context, service, asked));

    /// <summary>For a question that is none of git's own.</summary>
    /// <param name="answer">Says why the request may not go on; null when it was answered.</param>
    public Task HandleAsync(HttpContext context, GitQuestion question, Func<AskedGit, Task<Problem?>> answer) =>
        CountAsync(context, () => door.AskAsync(context, question), asked => asked.Pass, answer);

    /// <summary>For every door: what gets through it is counted, and cut when its token ends.</summary>
    public Task HandleAsync(
        HttpContext context,
        Func<Task<Result<AdmittedGit>>> admit,
        Func<AdmittedGit, Task> serve
    ) =>
        CountAsync(
            context,
            admit,
            admitted => admitted.Pass,
            async admitted =>
            {
                await serve(admitted);
                return null;
            }
        );

    /// <summary>Whichever limit stops it, where it does, is for the audit log.</summary>
    private async Task CountAsync<T>(
        HttpContext context,
        Func<Task<Result<T>>> ask,
        Func<T, GitPass> passOf,
        Func<T, Task<Problem?>> serve
    )
    {
        try
        {
            await HandleAsync(context, ask, passOf, serve);
        }
        finally
        {
            if (MetLimit.Of(context) is { } limit)
                refusals.Count(SourceOf(context), limit.Name, RefusalKind.GitLimit);
        }
    }

    /// <param name="serve">Answers why the request may not go on; null when it was answered.</param>
    private async Task HandleAsync<T>(
        HttpContext context,
        Func<Task<Result<T>>> ask,
        Func<T, GitPass> passOf,
        Func<T, Task<Problem?>> serve
    )
    {
        try
        {
            var asked = await ask();
            if (asked.Failed(out var problem))
            {
                await RefuseAsync(context, problem);
                return;
            }
            var opened = streams.Open(context, passOf(asked.Value));
            if (opened.Failed(out var many))
            {
                await RefuseAsync(context, many);
                return;
            }
            using var stream = opened.Value;
            GitAnswer.KeepPrivate(context.Response);
            Unbind(context);
            if (await serve(asked.Value) is { } refused)
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

    public Task RefuseAsync(HttpContext context, Problem problem)
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
