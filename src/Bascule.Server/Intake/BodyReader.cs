using System.Buffers;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Intake;

/// <summary>Reads a body up to the limit, whether or not its length was announced, and keeps few large ones in memory at once (THREATS T13).</summary>
internal sealed class BodyReader(IntakeOptions options) : IDisposable
{
    private const int FirstChunk = 16 * 1024;
    private readonly SemaphoreSlim _large = new(options.LargeBodies);

    /// <summary>Limited when the body is larger than the limit; nothing more of it is read then. Invalid when it ends early or its framing is broken.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.MaxBodyBytes)
            return TooLarge();
        // What a stranger announces costs nothing until it comes: the buffer is never larger than a small body before one has been read.
        var expected = Math.Min(request.ContentLength ?? FirstChunk, options.SmallBodyBytes);
        var buffer = new ArrayBufferWriter<byte>((int)expected + 1);
        var holdsPlace = false;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.GetMemory(FirstChunk), cancellationToken);
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
        catch (IOException)
        {
            return Problem.Invalid("the body cannot be read to its end");
        }
        finally
        {
            if (holdsPlace)
                _large.Release();
        }
    }

    public void Dispose() => _large.Dispose();

    private Problem TooLarge() =>
        Problem.Limited(
            $"the delivery is larger than {options.MaxBodyBytes} bytes; raise intake.max_body_bytes if your forge sends such"
        );
}
