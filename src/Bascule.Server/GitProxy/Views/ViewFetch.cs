using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Views;

/// <summary>A fetch by a token that may see some refs: <c>git upload-pack</c> of our own answers, from a view (THREATS T88).</summary>
internal sealed class ViewFetch(Views views, UploadPack upload, FetchAudit audit, GitProxyOptions options)
{
    public async Task<Problem?> AdvertiseAsync(HttpContext context, AskedGit asked)
    {
        var protocol = GitProtocol.Of(context.Request);
        // Version 2 says here what it can do, and nothing about refs: that needs no look at the forge.
        var opened = await views.OpenAsync(asked, !GitProtocol.IsTwo(protocol), context.RequestAborted);
        if (opened.Failed(out var problem))
            return problem;
        using var open = opened.Value;
        var (admitted, view) = ((await asked.Confirmed).Value, open.View);
        audit.Listed(admitted);
        context.Response.ContentType = "application/x-git-upload-pack-advertisement";
        if (!GitProtocol.IsTwo(protocol))
        {
            await upload.AdvertiseOldAsync(context, view.Path, protocol);
            return null;
        }
        view.Capabilities ??= await upload.ReadCapabilitiesAsync(view.Path, protocol, context.RequestAborted);
        await context.Response.Body.WriteAsync(view.Capabilities, context.RequestAborted);
        return null;
    }

    public async Task<Problem?> ServeAsync(HttpContext context, AskedGit asked)
    {
        var protocol = GitProtocol.Of(context.Request);
        var read = await UploadPackRequest.ReadAsync(context.Request, GitProtocol.IsTwo(protocol), options);
        // What is wrong with a request matters to nobody who may not make it.
        if (read.Failed(out var unread))
            return (await asked.Confirmed).Problem ?? unread;
        var opened = await views.OpenAsync(asked, refresh: true, context.RequestAborted);
        if (opened.Failed(out var problem))
            return problem;
        using var open = opened.Value;
        var (question, body) = read.Value;
        var admitted = (await asked.Confirmed).Value;
        await upload.ServeAsync(context, admitted, open.Path, question, body, FetchSource.View);
        return null;
    }
}
