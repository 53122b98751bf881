using System.Collections.Concurrent;
using System.Globalization;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.GitProxy.Following;

/// <summary>
/// Answers which commit is deployed, and to whoever knows it already (<c>If-None-Match</c>, RFC 9110 section 13.1.2) only once it is another one, or the time that
/// they would wait is over (<c>Prefer: wait</c>, RFC 7240 section 4.3). What is waited for is a commit's id: its content takes a fetch, as ever.
/// </summary>
internal sealed class DeployWait(
    DeployedVersions versions,
    DeployLooks looks,
    GitProxyOptions options,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    public static readonly GitQuestion Question = new(GitVerb.Fetch, "/deployed");

    private readonly ConcurrentDictionary<string, int> _waiting = new(StringComparer.Ordinal);

    /// <returns>Why the request may not go on; null when it was answered.</returns>
    public async Task<Problem?> ServeAsync(HttpContext context, AskedGit asked)
    {
        if (asked.Pass.Refs.DeployEnvironment is not { } environment)
            return GitAnswer.NotHere;
        if (!asked.Pass.Verbs.Contains(GitVerb.Fetch))
            return GitDoor.NoRight(asked.Pass, GitVerb.Fetch);
        var found = await versions.FindAsync(asked, environment, context.RequestAborted);
        if (found.Failed(out var problem))
            return problem;
        var deployed = found.Value.Deployed;
        if (IsKnown(context.Request, deployed.Commit) && WaitOf(context.Request) is { } wait)
            deployed = await WaitAsync(context, asked.Pass, deployed, wait);
        await AnswerAsync(context, deployed.Commit);
        return null;
    }

    /// <summary>What is deployed when the wait ends, for whichever reason. Who waits in too many places at once waits in no more.</summary>
    private async Task<Deployment> WaitAsync(HttpContext context, GitPass pass, Deployment deployed, TimeSpan wait)
    {
        var holder = pass.Holder.Uid;
        try
        {
            if (_waiting.AddOrUpdate(holder, 1, (_, count) => count + 1) > options.MaxWaitsPerHolder)
                return deployed;
            context.Response.Headers["Preference-Applied"] = Preference(wait);
            return await UntilMovedAsync(deployed, wait, context.RequestAborted);
        }
        finally
        {
            if (_waiting.AddOrUpdate(holder, 0, (_, count) => count - 1) <= 0)
                _waiting.TryRemove(KeyValuePair.Create(holder, 0));
        }
    }

    private async Task<Deployment> UntilMovedAsync(
        Deployment deployed,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        using var timer = time.CreateTimer(_ => over.Cancel(), null, wait, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
                if (await LookAsync(deployed.Place, over.Token) is { } now && now.Commit != deployed.Commit)
                    return now;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return deployed;
        }
    }

    /// <summary>Null when the store does not say: while it is away, nothing moves.</summary>
    private async Task<Deployment?> LookAsync(DeployPlace place, CancellationToken cancellationToken)
    {
        try
        {
            return await looks.NextAsync(place, cancellationToken);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private static async Task AnswerAsync(HttpContext context, CommitId commit)
    {
        var response = context.Response;
        response.Headers.ETag = Tag(commit);
        response.Headers.XContentTypeOptions = "nosniff";
        if (IsKnown(context.Request, commit))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync(commit + "\n", context.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, CommitId commit) =>
        string.Equals(request.Headers.IfNoneMatch, Tag(commit), StringComparison.Ordinal);

    private static string Tag(CommitId commit) => $"\"{commit}\"";

    /// <summary>How long somebody would wait, at most <see cref="GitProxyOptions.LongestWait"/>; null for not at all.</summary>
    private TimeSpan? WaitOf(HttpRequest request)
    {
        const string name = "wait=";
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
            if (
                preference.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(
                    preference[name.Length..],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var seconds
                )
                && seconds > 0
            )
                return seconds < options.LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : options.LongestWait;
        return null;
    }

    private static string Preference(TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $"wait={wait.TotalSeconds:0}");
}
