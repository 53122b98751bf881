using System.Diagnostics;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Server.GitProxy.Views;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy;

/// <summary>Our own <c>git upload-pack</c> over a bare repository of ours, which holds what the asking token may see and nothing else (THREATS T88).</summary>
internal sealed partial class UploadPack(
    FetchAudit audit,
    GitProxyOptions options,
    MirrorOptions mirrors,
    ILogger<UploadPack> log
)
{
    private const int MaxAdvertisement = 64 << 20;
    private readonly GitCommand _git = new(mirrors.Running);

    /// <summary>Answers a question that was read.</summary>
    public async Task ServeAsync(
        HttpContext context,
        AdmittedGit admitted,
        string repository,
        UploadPackRequest asked,
        byte[] body,
        FetchSource source
    )
    {
        if (asked.IsListing)
            audit.Listed(admitted);
        var protocol = GitProtocol.Of(context.Request);
        using var process = _git.Start(ViewSettings.Serve(repository, protocol, options.Timeout));
        try
        {
            await AnswerAsync(context, admitted, asked, body, source, process);
        }
        finally
        {
            await GitCommand.EndAsync(process);
            GitCommand.CloseStreams(process);
        }
    }

    /// <summary>What git says to whoever speaks version 2, which is the same whatever the repository holds.</summary>
    public async Task<byte[]> ReadCapabilitiesAsync(
        string repository,
        string? protocol,
        CancellationToken cancellationToken
    )
    {
        using var source = new MemoryStream(await AskAsync(repository, protocol, cancellationToken));
        using var head = new MemoryStream();
        return await CapabilityFilter.ReadAsync(source, head, cancellationToken)
            ? head.ToArray()
            : throw new IOException("git upload-pack does not speak version 2 of the protocol");
    }

    /// <summary>Answers whoever speaks an older version: with all refs.</summary>
    public async Task AdvertiseOldAsync(HttpContext context, string repository, string? protocol)
    {
        using var source = new MemoryStream(await AskAsync(repository, protocol, context.RequestAborted));
        using var head = new MemoryStream();
        PktLine.Of("# service=git-upload-pack\n").WriteTo(head);
        new PktLine(PktKind.Flush, default).WriteTo(head);
        await CapabilityFilter.ReadAsync(source, head, context.RequestAborted);
        await context.Response.Body.WriteAsync(head.GetBuffer().AsMemory(0, (int)head.Length), context.RequestAborted);
        await source.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<byte[]> AskAsync(string repository, string? protocol, CancellationToken cancellationToken)
    {
        var call = ViewSettings.Advertise(repository, protocol, options.IdleTimeout, MaxAdvertisement);
        var output = await _git.RunAsync(call, CancellationToken.None, cancellationToken);
        return output.Worked ? output.Bytes : throw new IOException($"git upload-pack failed: {output.Error}");
    }

    private async Task AnswerAsync(
        HttpContext context,
        AdmittedGit admitted,
        UploadPackRequest asked,
        byte[] body,
        FetchSource source,
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
            else if (!await copy.CopyAsync(() => audit.NoteAsync(context, admitted, asked, source), limit.Token))
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
        // Most often somebody asked for what is not there: git has told them, in its own words, if it could.
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
        [LoggerMessage(1, LogLevel.Information, "git refused what token {Token} asked for: {Error}")]
        public static partial void Refused(ILogger log, string token, string error);
    }
}
