using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.GitProxy.Views;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>
/// One file of one commit, out of the view that holds what the token may see and nothing else: whole repositories too, because a commit is asked for by any id
/// (THREATS T88). One question to the forge, where its refs are.
/// </summary>
internal sealed class RawFiles(
    Views.Views views,
    FetchAudit fetches,
    RawAudit audit,
    LfsForge lfs,
    GitProxyOptions options,
    MirrorOptions mirrors
)
{
    private static readonly string[] Reading = ["cat-file", "--batch-command"];
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private readonly GitCommand _git = new(mirrors.Running);

    public async Task ServeAsync(HttpContext context, AdmittedGit admitted, RawAddress address)
    {
        using var limit = new IdleLimit(context, options);
        try
        {
            var opened = await views.OpenAsync(AskedGit.Of(admitted), refresh: true, limit.Token);
            if (opened.Failed(out var problem))
            {
                await GitAnswer.RefuseAsync(context, problem);
                return;
            }
            using var view = opened.Value;
            await using var reader = Open(view);
            var found = await FindAsync(reader, admitted, address, view, limit.Token);
            if (found.Failed(out problem))
                await GitAnswer.RefuseAsync(context, problem);
            else
                await AnswerAsync(context, admitted, reader, found.Value, limit);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("nothing moved for too long; try again"));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // the client has gone, or its token has ended
        }
        catch (InvalidDataException wrong)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable(wrong.Message));
        }
        catch (HttpRequestException)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("the forge broke off in the middle; try again"));
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Another request found that the view must be made anew, and did.
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("the repository changes just now", Moment));
        }
    }

    private async Task<Result<RawFile>> FindAsync(
        ObjectReader reader,
        AdmittedGit admitted,
        RawAddress address,
        OpenView view,
        CancellationToken cancellationToken
    )
    {
        var branch = admitted.Repository.Repository.DefaultBranch;
        var place = await RawPlace.FindAsync(reader, address.Rest, view.Refs, branch, cancellationToken);
        if (place.Failed(out var problem))
            return problem;
        var found = await RawFile.FindAsync(reader, place.Value, mirrors, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        return found.Value.Length > options.MaxRawBytes
            ? Problem.Conflict($"the file has more than {options.MaxRawBytes} bytes; clone the repository")
            : found;
    }

    private async Task AnswerAsync(
        HttpContext context,
        AdmittedGit admitted,
        ObjectReader reader,
        RawFile file,
        IdleLimit limit
    )
    {
        var response = context.Response;
        if (RawAnswer.IsKnown(context.Request, file.Blob))
        {
            RawAnswer.Describe(response, file);
            fetches.Listed(admitted);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (file.Pointer is { } pointer)
        {
            await AnswerFromLfsAsync(context, admitted, file, pointer, limit);
            return;
        }
        RawAnswer.Describe(response, file);
        var sending = new RawSending(context, file, limit) { Announce = () => NoteAsync(context, admitted, file) };
        var head = new ObjectHead(file.Blob, "blob", file.Size);
        var isWhole = await reader.CopyAsync(head, sending.WriteAsync, limit.Token);
        if (isWhole)
            await sending.EndAsync();
    }

    /// <summary>The object that the file stands for. It is in what the token may see, since the file is.</summary>
    private async Task AnswerFromLfsAsync(
        HttpContext context,
        AdmittedGit admitted,
        RawFile file,
        LfsPointer pointer,
        IdleLimit limit
    )
    {
        var opened = await LfsDownload.OpenAsync(lfs, admitted.Repository.Access, pointer, limit.Token);
        if (opened.Failed(out var problem))
        {
            var missing = $"the file is kept in LFS, and the forge does not have object {pointer.Oid}";
            await GitAnswer.RefuseAsync(
                context,
                problem.Code == ProblemCode.NotFound ? Problem.Conflict(missing) : problem
            );
            return;
        }
        using var download = opened.Value;
        RawAnswer.Describe(context.Response, file);
        var sending = new RawSending(context, file, limit) { Announce = () => NoteAsync(context, admitted, file) };
        if (await download.CopyAsync(sending.WriteAsync, limit.Token))
            await sending.EndAsync();
    }

    /// <summary>Whoever learns no more than that there is a file, and which, is counted; what is handed out is written down.</summary>
    private async Task<bool> NoteAsync(HttpContext context, AdmittedGit admitted, RawFile file)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            fetches.Listed(admitted);
            return true;
        }
        var written = await audit.WriteAsync(admitted, file, context.RequestAborted);
        if (!written.Failed(out var problem))
            return true;
        await GitAnswer.RefuseAsync(context, problem);
        return false;
    }

    private ObjectReader Open(OpenView view) =>
        new(_git.Start(new GitCall(view.Path, Reading) { Timeout = Timeout.InfiniteTimeSpan }));
}
