using System.Buffers;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Intake;

/// <summary>Reads a body up to the limit, whether or not its length was announced, and keeps few large ones in memory at once (THREATS T13).</summary>
internal sealed class BodyReader(IntakeOptions options) : IDisposable
{
    private const int FirstChunk = 16 * 1024;
    private readonly SemaphoreSlim _large = new(options.LargeBodies);

    /// <summary>Limited when the body is larger than the limit; nothing more of it is read then.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.MaxBodyBytes)
            return TooLarge();
        // One byte more than announced: then the read that finds the end needs no larger buffer.
        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? FirstChunk) + 1);
        var holdsPlace = false;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.GetMemory(), cancellationToken);
                if (read == 0)
                    return buffer.WrittenMemory;
                buffer.Advance(read);
                if (buffer.WrittenCount > options.MaxBodyBytes)
                    return TooLarge();
                if (holdsPlace || buffer.WrittenCount <= options.SmallBodyBytes)
                    continue;
                await _large.WaitAsync(cancellationToken);
                holdsPlace = true;
            }
        }
        finally
        {
            if (holdsPlace)
                _large.Release();
        }
    }

    public void Dispose() => _large.Dispose();

    private Problem TooLarge() =>
        Problem.Exceeded(
            $"the delivery is larger than {options.MaxBodyBytes} bytes; raise intake.max_body_bytes if your forge sends such"
        );
}
