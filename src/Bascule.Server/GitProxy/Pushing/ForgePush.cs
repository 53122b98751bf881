using System.Net.Http.Headers;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// The two requests of a push to the forge, with the forge's own credential: it goes onto the wire to the forge's own origin and nowhere else, and no answer
/// of the forge reaches anybody before it was read here (THREATS T93).
/// </summary>
internal sealed partial class ForgePush(MirrorOptions mirrors, PushLimits limits, ILogger<ForgePush> logger)
    : IDisposable
{
    private const string Agent = "agent=bascule";
    private readonly ForgeChannels _channels = new(mirrors);

    public void Dispose() => _channels.Dispose();

    public Task<Result<ForgeRefs>> ListAsync(GitAccess access, CancellationToken cancellationToken)
    {
        var address = ForgeUrl.Append(access.Url, "/info/refs?service=git-receive-pack");
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        return AskAsync(
            access,
            request,
            (stream, cancel) => ForgeRefs.ReadAsync(stream, mirrors.MaxRefs, cancel),
            cancellationToken
        );
    }

    /// <summary>Unavailable when it is not known what became of it.</summary>
    /// <param name="forge">As it was listed: what it can do.</param>
    /// <param name="packFile">Null when nothing but deletions is asked for.</param>
    public Task<Result<ForgeReport>> SendAsync(
        GitAccess access,
        ForgeRefs forge,
        IReadOnlyList<RefCommand> commands,
        string? packFile,
        CancellationToken cancellationToken
    )
    {
        var inBands = forge.Can("side-band-64k");
        // Refs move together or not at all there too, where the forge can do that.
        string[] asked =
        [
            "report-status",
            .. inBands ? ["side-band-64k"] : Array.Empty<string>(),
            .. forge.Can("atomic") ? ["atomic"] : Array.Empty<string>(),
            Agent,
        ];
        var request = new HttpRequestMessage(HttpMethod.Post, ForgeUrl.Append(access.Url, "/git-receive-pack"))
        {
            Content = PushBody.Of(commands, string.Join(' ', asked), packFile),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-receive-pack-request");
        request.Headers.Accept.ParseAdd("application/x-git-receive-pack-result");
        return AskAsync(
            access,
            request,
            (stream, cancel) => ForgeReport.ReadAsync(stream, inBands, cancel),
            cancellationToken
        );
    }

    private async Task<Result<T>> AskAsync<T>(
        GitAccess access,
        HttpRequestMessage request,
        Func<Stream, CancellationToken, Task<Result<T>>> read,
        CancellationToken cancellationToken
    )
    {
        if (ForgeUrl.Check(access.Url) is { } refusal)
            return refusal;
        using var asked = request;
        request.Headers.UserAgent.ParseAdd("git/bascule");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(limits.Whole);
        try
        {
            using var answer = await _channels.SendAsync(request, access, limit.Token);
            if (RelayAnswer.Refuses(answer, access.Url, "receive-pack") is { } refused)
                return Told(access, refused, $"HTTP {(int)answer.StatusCode}");
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            return await read(stream, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Told(access, RelayAnswer.Unreachable(access.Url), "it took too long");
        }
        catch (Exception problem) when (ForgeRequests.IsOutside(problem) || problem is InvalidDataException)
        {
            return Told(access, RelayAnswer.Unreachable(access.Url), UntrustedText.Line(problem.Message, 300));
        }
    }

    private Problem Told(GitAccess access, Problem problem, string detail)
    {
        Log.NotAsked(logger, access.Url.AbsolutePath, detail);
        return problem;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A push to {Repository} did not reach the forge: {Detail}")]
        public static partial void NotAsked(ILogger logger, string repository, string detail);
    }
}
