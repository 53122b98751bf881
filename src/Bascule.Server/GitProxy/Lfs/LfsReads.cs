using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>Objects on their way out: which of them a token may have, and their bytes.</summary>
internal sealed partial class LfsReads(
    LfsForge forge,
    Views.Views views,
    LfsPointers pointers,
    LfsAudit audit,
    ServerSettings settings,
    GitProxyOptions options,
    ILogger<LfsReads> log
)
{
    /// <summary>What is answered to the question for each of them: an address at Bascule, or that there is none.</summary>
    public async Task<Result<IReadOnlyList<JsonObject>>> OfferAsync(
        AdmittedGit admitted,
        GitAddress address,
        IReadOnlyList<LfsPointer> asked,
        CancellationToken cancellationToken
    )
    {
        var seen = await SeenAsync(admitted, asked, cancellationToken);
        if (seen.Failed(out var problem))
            return problem;
        var offers = await forge.AskAsync(admitted.Repository.Access, "download", seen.Value, cancellationToken);
        if (offers.Failed(out problem))
            return problem;
        var there = offers.Value.Where(offer => offer.Value.IsThere).Select(offer => offer.Key).ToHashSet();
        return Result.Of<IReadOnlyList<JsonObject>>([
            .. asked.Select(one =>
                !there.Contains(one) ? LfsAnswer.NotHere(one)
                : one.Size > options.MaxLfsBytes ? LfsAnswer.Refused(one, 422, TooLarge)
                : LfsAnswer.Offered(one, "download", LfsAddress.Write(settings.PublicUrl, address, one))
            ),
        ]);
    }

    /// <summary>Those that the forge has and that the token may see: an uploader need not send them again.</summary>
    public async Task<Result<IReadOnlySet<LfsPointer>>> HadAsync(
        AdmittedGit admitted,
        IReadOnlyList<LfsPointer> asked,
        CancellationToken cancellationToken
    )
    {
        // A token that may not read is not told what is there.
        if (!admitted.Pass.Verbs.Contains(GitVerb.Fetch))
            return Result.Of<IReadOnlySet<LfsPointer>>(new HashSet<LfsPointer>());
        var seen = await SeenAsync(admitted, asked, cancellationToken);
        if (seen.Failed(out var problem))
            return problem;
        var offers = await forge.AskAsync(admitted.Repository.Access, "download", seen.Value, cancellationToken);
        return offers.Failed(out problem)
            ? problem
            : Result.Of<IReadOnlySet<LfsPointer>>(
                offers.Value.Where(offer => offer.Value.IsThere).Select(offer => offer.Key).ToHashSet()
            );
    }

    public async Task SendAsync(HttpContext context, AdmittedGit admitted, LfsPointer pointer)
    {
        using var limit = new IdleLimit(context, options);
        try
        {
            var seen = await SeenAsync(admitted, [pointer], limit.Token);
            var opened =
                seen.Failed(out var problem) ? problem
                : seen.Value.Count == 0 || pointer.Size > options.MaxLfsBytes ? GitAnswer.NotHere
                : await LfsDownload.OpenAsync(forge, admitted.Repository.Access, pointer, limit.Token);
            if (opened.Failed(out problem))
            {
                await GitAnswer.RefuseAsync(
                    context,
                    problem.Code == ProblemCode.NotFound ? GitAnswer.NotHere : problem
                );
                return;
            }
            using var download = opened.Value;
            var written = await audit.ReadAsync(admitted, pointer, limit.Token);
            if (written.Failed(out problem))
                await GitAnswer.RefuseAsync(context, problem);
            else
                await SendAsync(context, download, limit);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await GitAnswer.RefuseAsync(context, limit.Met());
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // the client has gone, or its token has ended
        }
        catch (InvalidDataException wrong)
        {
            Log.Wrong(log, admitted.Repository.Access.Url, wrong.Message);
            await GitAnswer.RefuseAsync(context, Problem.Unavailable(wrong.Message));
        }
        catch (Exception failure) when (ForgeRequests.IsOutside(failure))
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("the forge broke off in the middle; try again"));
        }
    }

    private string TooLarge => $"objects of more than {options.MaxLfsBytes} bytes are not taken";

    private static async Task SendAsync(HttpContext context, LfsDownload download, IdleLimit limit)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = download.Pointer.Size;
        await download.CopyAsync(
            async bytes =>
            {
                limit.Moved();
                await context.Response.Body.WriteAsync(bytes, limit.Token);
                limit.Moved();
                return true;
            },
            limit.Token
        );
    }

    /// <summary>Those that the token may see at all: where the policy leaves out refs, what its view points to.</summary>
    private async Task<Result<IReadOnlyList<LfsPointer>>> SeenAsync(
        AdmittedGit admitted,
        IReadOnlyList<LfsPointer> asked,
        CancellationToken cancellationToken
    )
    {
        if (admitted.Pass.Refs.IsWhole)
            return Result.Of(asked);
        var opened = await views.OpenAsync(AskedGit.Of(admitted), refresh: true, cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        using var view = opened.Value;
        var shown = await pointers.ReadAsync(view, cancellationToken);
        return shown.Failed(out problem)
            ? problem
            : Result.Of<IReadOnlyList<LfsPointer>>([.. asked.Where(shown.Value.Contains)]);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Repository}: {Reason}; nothing of it was handed out whole")]
        public static partial void Wrong(ILogger log, Uri repository, string reason);
    }
}
