using System.Diagnostics;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Views;

/// <summary>A fetch by a token that may see some refs: <c>git upload-pack</c> of our own answers, from a view (THREATS T88).</summary>
internal sealed partial class ViewFetch(
    Views views,
    FetchAudit audit,
    GitProxyOptions options,
    MirrorOptions mirrors,
    ILogger<ViewFetch> log
)
{
    private const int MaxAdvertisement = 64 << 20;
    private readonly GitCommand _git = new(mirrors.Running);

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
            await AdvertiseOldAsync(context, view, protocol);
            return null;
        }
        view.Capabilities ??= await ReadCapabilitiesAsync(view, protocol, context.RequestAborted);
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
        var (admitted, view) = ((await asked.Confirmed).Value, open.View);
        if (read.Value.Asked.IsListing)
            audit.Listed(admitted);
        using var process = _git.Start(ViewSettings.Serve(view.Path, protocol, options.Timeout));
        try
        {
            await AnswerAsync(context, admitted, read.Value.Asked, read.Value.Body, process);
        }
        finally
        {
            await GitCommand.EndAsync(process);
            GitCommand.CloseStreams(process);
        }
        return null;
    }

    private async Task<byte[]> ReadCapabilitiesAsync(View view, string? protocol, CancellationToken cancellationToken)
    {
        using var source = new MemoryStream(await AskAsync(view, protocol, cancellationToken));
        using var head = new MemoryStream();
        return await CapabilityFilter.ReadAsync(source, head, cancellationToken)
            ? head.ToArray()
            : throw new IOException("git upload-pack does not speak version 2 of the protocol");
    }

    private async Task AdvertiseOldAsync(HttpContext context, View view, string? protocol)
    {
        using var source = new MemoryStream(await AskAsync(view, protocol, context.RequestAborted));
        using var head = new MemoryStream();
        PktLine.Of("# service=git-upload-pack\n").WriteTo(head);
        new PktLine(PktKind.Flush, default).WriteTo(head);
        await CapabilityFilter.ReadAsync(source, head, context.RequestAborted);
        await context.Response.Body.WriteAsync(head.GetBuffer().AsMemory(0, (int)head.Length), context.RequestAborted);
        await source.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<byte[]> AskAsync(View view, string? protocol, CancellationToken cancellationToken)
    {
        var call = ViewSettings.Advertise(view.Path, protocol, options.IdleTimeout, MaxAdvertisement);
        var output = await _git.RunAsync(call, CancellationToken.None, cancellationToken);
        return output.Worked
            ? output.Bytes
            : throw new IOException($"git upload-pack failed in a view: {output.Error}");
    }

    private async Task AnswerAsync(
        HttpContext context,
        AdmittedGit admitted,
        UploadPackRequest asked,
        byte[] body,
        Process process
    )
    {
        using var limit = new IdleLimit(context, options);
        var asking = AskAsync(process, body, limit.Token);
        var errors = BoundedBytes.DrainAsync(process.StandardError.BaseStream, 4096);
        context.Response.ContentType = "application/x-git-upload-pack-result";
        var copy = PackWatch.To(context, process.StandardOutput.BaseStream, limit);
        try
        {
            if (asked.IsListing)
                await copy.CopyAllAsync(limit.Token);
            else if (
                !await copy.CopyAsync(() => audit.NoteAsync(context, admitted, asked, isWhole: false), limit.Token)
            )
                context.Abort();
            await asking;
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await GitAnswer.RefuseAsync(context, limit.Met());
            return;
        }
        if (process.ExitCode == 0)
            return;
        // Most often somebody asked for what is not in the view: git has told them, in its own words, if it could.
        var (said, _) = await errors;
        Log.Refused(log, admitted.Pass.Uid, UntrustedText.Line(UntrustedText.Decode(said), 300));
        if (!context.Response.HasStarted)
            await GitAnswer.RefuseAsync(
                context,
                Problem.Invalid("git could not answer: what was asked for is not there")
            );
    }

    private static async Task AskAsync(Process process, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(body, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // git has heard enough.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "git refused what token {Token} asked of a view: {Error}")]
        public static partial void Refused(ILogger log, string token, string error);
    }
}
