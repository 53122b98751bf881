using System.Text;
using Bascule.Core.Pushes;
using Bascule.Server.Mirrors;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What a developer reads: one line per thing (git prints <c>remote: …</c>), and per ref whether it moved (gitprotocol-pack, "Report Status").</summary>
/// <param name="Unpacked">ok, or what is wrong with the pack.</param>
/// <param name="Refs">Null for a ref that moved, else why it did not, in a few words.</param>
internal sealed record PushAnswer(
    string Unpacked,
    IReadOnlyList<(RefCommand Command, string? WhyNot)> Refs,
    IReadOnlyList<string> Said
)
{
    private const byte Report = 1;
    private const byte Progress = 2;
    private const int LongestWhy = 200;
    private const int LongestLine = 1000;

    /// <summary>Nothing moved, for one reason.</summary>
    public static PushAnswer Refused(PushRequest request, string why, IReadOnlyList<string> said) =>
        new("ok", [.. request.Commands.Select(command => (command, (string?)why))], said);

    public static void Begin(HttpResponse response)
    {
        GitAnswer.KeepPrivate(response);
        response.ContentType = "application/x-git-receive-pack-result";
    }

    public async Task WriteAsync(HttpResponse response, PushRequest request, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var inBands = request.Can("side-band-64k");
        if (inBands)
            foreach (var line in Said)
                Band(answer, Progress, Encoding.UTF8.GetBytes(UntrustedText.Line(line, LongestLine) + "\n"));
        if (request.Can("report-status"))
        {
            using var report = new MemoryStream();
            WriteReport(report);
            if (inBands)
                foreach (var piece in report.ToArray().Chunk(PktLine.MaxData - 1))
                    Band(answer, Report, piece);
            else
                report.WriteTo(answer);
        }
        if (inBands)
            new PktLine(PktKind.Flush, default).WriteTo(answer);
        Begin(response);
        await response.Body.WriteAsync(answer.ToArray(), cancellationToken);
    }

    private void WriteReport(Stream report)
    {
        PktLine.Of($"unpack {UntrustedText.Line(Unpacked, LongestWhy)}\n").WriteTo(report);
        foreach (var (command, whyNot) in Refs)
            PktLine
                .Of(
                    whyNot is null
                        ? $"ok {command.Name}\n"
                        : $"ng {command.Name} {UntrustedText.Line(whyNot, LongestWhy)}\n"
                )
                .WriteTo(report);
        new PktLine(PktKind.Flush, default).WriteTo(report);
    }

    private static void Band(Stream answer, byte band, ReadOnlySpan<byte> bytes) =>
        new PktLine(PktKind.Data, (byte[])[band, .. bytes]).WriteTo(answer);
}
