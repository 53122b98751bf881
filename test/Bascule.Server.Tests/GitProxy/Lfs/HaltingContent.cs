using System.Net;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>A body of which the first half is sent, and the other half once the test says so.</summary>
internal sealed class HaltingContent(byte[] bytes, Task rest) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await stream.FlushAsync();
        await rest;
        await stream.WriteAsync(bytes.AsMemory(bytes.Length / 2));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
