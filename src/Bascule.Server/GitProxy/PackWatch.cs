using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>
/// Copies the answer to a fetch, and stops once before the pack in it begins. Until then both sides only talk of what they have; what is not known as such talk
/// counts as the pack, so that nothing leaves unannounced. The pack itself is read into the memory that the answer leaves from. Memory: one buffer and one piece,
/// whatever the pack's size.
/// </summary>
internal sealed class PackWatch(Stream source, PipeWriter target, IdleLimit limit)
{
    private const int Digits = 4;
    private const int Size = 128 * 1024;
    private const int MuchTalk = Size / 2; // leaves room for the longest packet behind it

    /// <summary>Some TLS records at once. What a pipe gives unasked is 4 KB, and each of these would be a record of its own.</summary>
    private const int Piece = 64 * 1024;

    private static readonly string[] Talk =
    [
        "acknowledgments",
        "shallow-info",
        "ready",
        "NAK",
        "ACK ",
        "shallow ",
        "unshallow ",
        "ERR ",
    ];

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>Into the answer to a request, no faster than its client takes it.</summary>
    public static PackWatch To(HttpContext context, Stream source, IdleLimit limit) =>
        new(source, context.Response.BodyWriter, limit);

    /// <param name="beforePack">False: the pack does not leave.</param>
    /// <returns>Whether all of it was copied.</returns>
    public async Task<bool> CopyAsync(Func<Task<bool>> beforePack, CancellationToken cancellationToken)
    {
        try
        {
            var at = 0; // what is before it, from _start on, may leave
            while (await IsTalkAsync(at, cancellationToken) is { } length)
            {
                at += length;
                if (length > 0 && at < MuchTalk)
                    continue;
                await SendAsync(at, cancellationToken);
                if (length == 0)
                    return true;
                at = 0;
            }
            if (!await beforePack())
                return false;
            await CopyRestAsync(cancellationToken);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    public async Task CopyAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CopyRestAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    /// <summary>The length of the packet that begins <paramref name="at"/> bytes after the start, when it is talk; 0 at the end; null for anything else.</summary>
    private async Task<int?> IsTalkAsync(int at, CancellationToken cancellationToken)
    {
        if (!await HasAsync(at + Digits, cancellationToken))
            return _end - _start == at ? 0 : null;
        var digits = _buffer.AsSpan(_start + at, Digits);
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
            return null;
        if (length < Digits)
            return Digits;
        if (length > PktLine.MaxData + Digits || !await HasAsync(at + length, cancellationToken))
            return null;
        var text = Encoding.Latin1.GetString(_buffer, _start + at + Digits, Math.Min(length - Digits, 32));
        return Array.Exists(Talk, word => text.StartsWith(word, StringComparison.Ordinal)) ? length : null;
    }

    /// <summary>Whether so many bytes lie in the buffer, or came.</summary>
    private async ValueTask<bool> HasAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count && !_isOver)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            var read = await source.ReadAsync(_buffer.AsMemory(_end, Size - _end), cancellationToken);
            _isOver = read == 0;
            _end += read;
        }
        return _end - _start >= count;
    }

    private async Task CopyRestAsync(CancellationToken cancellationToken)
    {
        await SendAsync(_end - _start, cancellationToken);
        while (!_isOver && await source.ReadAsync(target.GetMemory(Piece), cancellationToken) is > 0 and var count)
        {
            target.Advance(count);
            await FlushAsync(cancellationToken);
        }
    }

    private async ValueTask SendAsync(int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        target.Write(_buffer.AsSpan(_start, count));
        _start += count;
        await FlushAsync(cancellationToken);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        limit.Moved();
        await target.FlushAsync(cancellationToken);
        limit.Moved();
    }
}
