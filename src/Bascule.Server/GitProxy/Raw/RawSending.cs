using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>Sends a file, or the part of it that was asked for, as it is read. The end of it leaves when all of the file was found to be good.</summary>
internal sealed class RawSending(HttpContext context, RawFile file, IdleLimit limit)
{
    private readonly (long From, long Length)? _range = RawAnswer.RangeOf(context.Request, file.Blob, file.Size);
    private ReadOnlyMemory<byte> _held;
    private long _at;
    private bool _hasBegun;

    /// <summary>Called once, before anything leaves. False: nothing leaves, and the answer has been given.</summary>
    public required Func<Task<bool>> Announce { get; init; }

    private long From => _range?.From ?? 0;
    private long Length => _range?.Length ?? file.Size;

    /// <summary>False when no more is wanted.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        limit.Moved();
        if (!_hasBegun && !await BeginAsync(bytes))
            return false;
        var first = Math.Max(0, From - _at);
        var end = Math.Min(bytes.Length, From + Length - _at);
        _at += bytes.Length;
        if (first >= end)
            return true;
        var wanted = bytes[(int)first..(int)end];
        // The last piece of a range stands for all of it: it waits until the whole file was hashed.
        if (_at >= From + Length && _at < file.Size)
            _held = wanted.ToArray();
        else
            await context.Response.Body.WriteAsync(wanted, limit.Token);
        return true;
    }

    /// <summary>Once all of the file was read and is what its id says.</summary>
    public async Task EndAsync()
    {
        if (!_hasBegun && !await BeginAsync(default))
            return;
        if (!_held.IsEmpty)
            await context.Response.Body.WriteAsync(_held, limit.Token);
    }

    private async Task<bool> BeginAsync(ReadOnlyMemory<byte> start)
    {
        _hasBegun = true;
        if (!await Announce())
            return false;
        var response = context.Response;
        response.ContentType = RawAnswer.TypeOf(start.Span);
        response.Headers.AcceptRanges = "bytes";
        response.ContentLength = Length;
        if (_range is { } range)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = new ContentRangeHeaderValue(
                range.From,
                range.From + range.Length - 1,
                file.Size
            ).ToString();
        }
        return HttpMethods.IsGet(context.Request.Method);
    }
}
