using System.Net;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>The commands, made anew, and the pack as it lies on the disk.</summary>
internal sealed class PushBody(byte[] head, string? packFile) : HttpContent
{
    private const int Chunk = 128 * 1024;

    public static PushBody Of(IReadOnlyList<RefCommand> commands, string capabilities, string? packFile)
    {
        using var head = new MemoryStream();
        foreach (var (index, command) in commands.Index())
        {
            var said = index == 0 ? "\0" + capabilities : "";
            PktLine.Of($"{command.Before} {command.After} {command.Name}{said}").WriteTo(head);
        }
        new PktLine(PktKind.Flush, default).WriteTo(head);
        return new PushBody(head.ToArray(), packFile);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        await stream.WriteAsync(head, cancellationToken);
        if (packFile is null)
            return;
        await using var pack = File.OpenRead(packFile);
        await pack.CopyToAsync(stream, Chunk, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = head.Length + (packFile is null ? 0 : new FileInfo(packFile).Length);
        return true;
    }
}
