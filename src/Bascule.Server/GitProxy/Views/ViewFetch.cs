using System.Diagnostics;
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
    private readonly GitCommand _git = new(mirrors);

    public async Task AdvertiseAsync(HttpContext context, AdmittedGit admitted)
    {
        audit.Listed(admitted);
        var protocol = GitProtocol.Of(context.Request);
        // Version 2 says here what it can do, and nothing about refs: that needs no look at the forge.
        var opened = await views.OpenAsync(admitted, !GitProtocol.IsTwo(protocol), context.RequestAborted);
        if (opened.Failed(out var problem))
        {
            await GitAnswer.RefuseAsync(context, problem);
            return;
        }
        using var view = opened.Value;
        var call = ViewSettings.Advertise(view.Path, protocol, options.IdleTimeout, MaxAdvertisement);
        var output = await _git.RunAsync(call, CancellationToken.None, context.RequestAborted);
        if (!output.Worked)
            throw new IOException($"git upload-pack failed in a view: {output.Error}");
        using var source = new MemoryStream(output.Bytes);
        using var head = new MemoryStream();
        if (!GitProtocol.IsTwo(protocol))
        {
            PktLine.Of("# service=git-upload-pack\n").WriteTo(head);
            new PktLine(PktKind.Flush, default).WriteTo(head);
        }
        context.Response.ContentType = "application/x-git-upload-pack-advertisement";
        await CapabilityFilter.ReadAsync(source, head, context.RequestAborted);
        await context.Response.Body.WriteAsync(head.GetBuffer().AsMemory(0, (int)head.Length), context.RequestAborted);
        await source.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    public async Task ServeAsync(HttpContext context, AdmittedGit admitted)
    {
        var protocol = GitProtocol.Of(context.Request);
        var read = await UploadPackRequest.ReadAsync(context.Request, GitProtocol.IsTwo(protocol), options);
        if (read.Failed(out var refusal))
        {
            await GitAnswer.RefuseAsync(context, refusal);
            return;
        }
        if (read.Value.Asked.IsListing)
            audit.Listed(admitted);
        var opened = await views.OpenAsync(admitted, refresh: true, context.RequestAborted);
        if (opened.Failed(out var problem))
        {
            await GitAnswer.RefuseAsync(context, problem);
            return;
        }
        using var view = opened.Value;
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
            await GitAnswer.RefuseAsync(context, Problem.Unavailable("nothing moved for too long; try again"));
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
