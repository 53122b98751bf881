using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>A fetch by a token that leaves out no ref: the forge's answer, as it comes, in constant memory and no faster than the client takes it.</summary>
internal sealed class WholeFetch(ForgeRequests forge, FetchAudit audit, GitProxyOptions options)
{
    private static readonly GitService Listing = new(GitVerb.Fetch, IsAdvertisement: true);
    private static readonly GitService Fetching = new(GitVerb.Fetch, IsAdvertisement: false);

    public async Task AdvertiseAsync(HttpContext context, AdmittedGit admitted)
    {
        audit.Listed(admitted);
        var access = admitted.Repository.Access;
        using var request = forge.Get(access, Listing, GitProtocol.Of(context.Request));
        await RelayAsync(
            context,
            access,
            request,
            async (source, limit) =>
            {
                using var head = new MemoryStream();
                var isWhole = await CapabilityFilter.ReadAsync(source, head, limit.Token);
                context.Response.ContentType = "application/x-git-upload-pack-advertisement";
                await context.Response.Body.WriteAsync(head.GetBuffer().AsMemory(0, (int)head.Length), limit.Token);
                if (!isWhole)
                    await PackWatch.To(context, source, limit).CopyAllAsync(limit.Token);
            }
        );
    }

    public async Task ServeAsync(HttpContext context, AdmittedGit admitted)
    {
        var protocol = GitProtocol.Of(context.Request);
        var read = await UploadPackRequest.ReadAsync(context.Request, GitProtocol.IsTwo(protocol), options);
        if (read.Failed(out var problem))
        {
            await GitAnswer.RefuseAsync(context, problem);
            return;
        }
        var (asked, body) = read.Value;
        if (asked.IsListing)
            audit.Listed(admitted);
        var access = admitted.Repository.Access;
        using var content = new ByteArrayContent(body);
        using var request = forge.Post(access, Fetching, protocol, content);
        await RelayAsync(
            context,
            access,
            request,
            async (source, limit) =>
            {
                context.Response.ContentType = "application/x-git-upload-pack-result";
                var copy = PackWatch.To(context, source, limit);
                if (asked.IsListing)
                    await copy.CopyAllAsync(limit.Token);
                else if (
                    !await copy.CopyAsync(() => audit.NoteAsync(context, admitted, asked, isWhole: true), limit.Token)
                )
                    context.Abort();
            }
        );
    }

    private async Task RelayAsync(
        HttpContext context,
        GitAccess access,
        HttpRequestMessage request,
        Func<Stream, IdleLimit, Task> copy
    )
    {
        using var limit = new IdleLimit(context, options);
        try
        {
            var sent = await forge.SendAsync(request, access, limit.Token);
            if (sent.Failed(out var problem))
            {
                await GitAnswer.RefuseAsync(context, problem);
                return;
            }
            using var answer = sent.Value;
            await using var source = await answer.Content.ReadAsStreamAsync(limit.Token);
            await copy(source, limit);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("nothing moved for too long; try again"));
        }
        catch (Exception failure) when (ForgeRequests.IsOutside(failure) || failure is InvalidDataException)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("the forge broke off in the middle; try again"));
        }
    }
}
