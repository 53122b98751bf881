using System.Text;
using Bascule.Connectors.Git;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// What goes back to the client of a push, as it comes about: lines for the person before it (git prints <c>remote: …</c>), the report, and an error that ends
/// the push (gitprotocol-pack, "Packfile Data" and "Report Status"). A client without bands gets the report alone.
/// </summary>
internal sealed class PushReply
{
    private const byte Report = 1;
    private const byte Progress = 2;
    private const byte Fatal = 3;
    private const int LongestLine = 1000;
    private readonly Stream _body;
    private readonly bool _reports;

    private PushReply(Stream body, PushRequest request)
    {
        _body = body;
        IsHeard = request.Can("side-band-64k");
        _reports = request.Can("report-status");
    }

    /// <summary>Whether anybody reads lines.</summary>
    public bool IsHeard { get; }

    public static PushReply Begin(HttpContext context, PushRequest request)
    {
        var response = context.Response;
        GitAnswer.KeepPrivate(response);
        response.ContentType = "application/x-git-receive-pack-result";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return new PushReply(response.Body, request);
    }

    /// <summary>One line, made harmless to a terminal; the spaces it begins with stay.</summary>
    public Task SayAsync(string line, CancellationToken cancellationToken) =>
        BandAsync(Progress, Encoding.UTF8.GetBytes(Harmless(line) + "\n"), cancellationToken);

    /// <summary>Nothing to say yet: whatever stands between would take silence for an end.</summary>
    public Task StayAsync(CancellationToken cancellationToken) => BandAsync(Progress, [], cancellationToken);

    public async Task ReportAsync(PushAnswer answer, CancellationToken cancellationToken)
    {
        if (!_reports)
            return;
        var report = answer.ToReport();
        if (!IsHeard)
            await _body.WriteAsync(report, cancellationToken);
        foreach (var piece in report.Chunk(PktLine.MaxData - 1))
            await BandAsync(Report, piece, cancellationToken);
    }

    /// <summary>The report stands, and git ends with an exit code other than 0 all the same.</summary>
    public Task FailAsync(string line, CancellationToken cancellationToken) =>
        BandAsync(Fatal, Encoding.UTF8.GetBytes(Harmless(line)), cancellationToken);

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (!IsHeard)
            return;
        using var flush = new MemoryStream();
        new PktLine(PktKind.Flush, default).WriteTo(flush);
        await _body.WriteAsync(flush.ToArray(), cancellationToken);
        await _body.FlushAsync(cancellationToken);
    }

    private async Task BandAsync(byte band, byte[] bytes, CancellationToken cancellationToken)
    {
        if (!IsHeard)
            return;
        using var packet = new MemoryStream();
        new PktLine(PktKind.Data, (byte[])[band, .. bytes]).WriteTo(packet);
        await _body.WriteAsync(packet.ToArray(), cancellationToken);
        await _body.FlushAsync(cancellationToken);
    }

    private static string Harmless(string line)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        return line[..indent] + UntrustedText.Line(line, LongestLine);
    }
}
