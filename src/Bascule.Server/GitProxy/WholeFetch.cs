using Bascule.Core;
using Bascule.Core.Exchange;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>A fetch by a token that leaves out no ref: the forge's answer, as it comes, in constant memory and no faster than the client takes it.</summary>
internal sealed class WholeFetch(ForgeRequests forge, FetchAudit audit, GitProxyOptions options)
{
    private static readonly GitService Listing = new(GitVerb.Fetch, IsAdvertisement: true);
    private static readonly GitService Fetching = new(GitVerb.Fetch, IsAdvertisement: false);

    public async Task<Problem?> AdvertiseAsync(HttpContext context, AskedGit asked)
    {
        using var request = forge.Get(asked.Access, Listing, GitProtocol.Of(context.Request));
        return await RelayAsync(
            context,
            asked,
            request,
            async (admitted, source, limit) =>
            {
                audit.Listed(admitted);
                using var head = new MemoryStream();
                var isWhole = await CapabilityFilter.ReadAsync(source, head, limit.Token);
                context.Response.ContentType = "application/x-git-upload-pack-advertisement";
                await context.Response.Body.WriteAsync(head.GetBuffer().AsMemory(0, (int)head.Length), limit.Token);
                if (!isWhole)
                    await PackWatch.To(context, source, limit).CopyAllAsync(limit.Token);
            }
        );
    }

    public async Task<Problem?> ServeAsync(HttpContext context, AskedGit asked)
    {
        var protocol = GitProtocol.Of(context.Request);
        var read = await UploadPackRequest.ReadAsync(context.Request, GitProtocol.IsTwo(protocol), options);
        // What is wrong with a request matters to nobody who may not make it.
        if (read.Failed(out var unread))
            return (await asked.Confirmed).Problem ?? unread;
        var (question, body) = read.Value;
        // A pack costs the forge much: nothing is packed for whoever may not have it.
        if (!question.IsListing && (await asked.Confirmed).Failed(out var problem))
            return problem;
        using var content = new ByteArrayContent(body);
        using var request = forge.Post(asked.Access, Fetching, protocol, content);
        return await RelayAsync(
            context,
            asked,
            request,
            async (admitted, source, limit) =>
            {
                if (question.IsListing)
                    audit.Listed(admitted);
                context.Response.ContentType = "application/x-git-upload-pack-result";
                var copy = PackWatch.To(context, source, limit);
                if (question.IsListing)
                    await copy.CopyAllAsync(limit.Token);
                else if (
                    !await copy.CopyAsync(
                        () => audit.NoteAsync(context, admitted, question, FetchSource.Forge),
                        limit.Token
                    )
                )
                    context.Abort();
            }
        );
    }

    /// <summary>Sends the request, and lets nothing of the answer through before the address is confirmed.</summary>
    private async Task<Problem?> RelayAsync(
        HttpContext context,
        AskedGit asked,
        HttpRequestMessage request,
        Func<AdmittedGit, Stream, IdleLimit, Task> copy
    )
    {
        using var limit = new IdleLimit(context, options);
        await using var sending = new SentRequest(forge.SendAsync(request, asked.Access, limit.Token), limit);
        try
        {
            var confirmed = await asked.Confirmed.WaitAsync(limit.Token);
            if (confirmed.Failed(out var refused))
                return refused;
            var sent = await sending.Answer;
            if (sent.Failed(out var problem))
            {
                await GitAnswer.RefuseAsync(context, problem);
                return null;
            }
            await using var source = await sent.Value.Content.ReadAsStreamAsync(limit.Token);
            await copy(confirmed.Value, source, limit);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await GitAnswer.RefuseAsync(context, limit.Met());
        }
        catch (Exception failure) when (ForgeRequests.IsOutside(failure) || failure is InvalidDataException)
        {
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("the forge broke off in the middle; try again"));
        }
        return null;
    }

    /// <summary>A request on its way, which is called back when its answer is of no use.</summary>
    private sealed class SentRequest(Task<Result<HttpResponseMessage>> answer, IdleLimit limit) : IAsyncDisposable
    {
        public Task<Result<HttpResponseMessage>> Answer => answer;

        public async ValueTask DisposeAsync()
        {
            limit.End();
            try
            {
                var sent = await answer;
                if (sent.Problem is null)
                    sent.Value.Dispose();
            }
            catch (OperationCanceledException)
            {
                // It was called back in time.
            }
        }
    }
}
