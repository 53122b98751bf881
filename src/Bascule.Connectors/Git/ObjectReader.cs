using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Git;

/// <summary>What git says of an object before its bytes; <see cref="Type"/> is null when the mirror does not have it.</summary>
public readonly record struct ObjectHead(string Id, string? Type, long Size);

/// <summary>Takes the objects of one question, in its order.</summary>
public interface IObjectSink
{
    /// <summary>A problem ends the question, and with it the reader.</summary>
    Problem? Begin(int index, ObjectHead head);

    void Write(ReadOnlySpan<byte> bytes);

    void End();
}

/// <summary>
/// One running <c>git cat-file --batch-command</c>, used by one caller at a time. Every object that is asked for by its id is hashed again
/// here: what comes out is what the id names, whatever lies on the disk (THREATS T71, T75).
/// </summary>
[SuppressMessage("Reliability", "CA2213", Justification = "The streams are the process's, closed with it")]
public sealed class ObjectReader(Process process) : IAsyncDisposable
{
    private const int MaxHeadBytes = 512;
    private readonly Stream _in = process.StandardInput.BaseStream;
    private readonly Stream _out = process.StandardOutput.BaseStream;
    private readonly Task _errors = BoundedBytes.DrainAsync(process.StandardError.BaseStream, 0);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether it can be asked again: every question before was answered to its last byte.</summary>
    public bool IsClean { get; private set; } = true;

    public long LastUsed { get; set; }

    public async Task<ObjectHead[]> HeadsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var heads = new ObjectHead[names.Count];
        await using var ending = cancellationToken.Register(Kill);
        IsClean = false;
        var asking = AskAsync("info", names);
        for (var index = 0; index < heads.Length; index++)
            heads[index] = await ReadHeadAsync(names[index]);
        await asking;
        IsClean = true;
        return heads;
    }

    /// <param name="names">Object ids, or refs that this program has made.</param>
    /// <param name="sink">Sees every object, those that are not here too.</param>
    public async Task<Problem?> StreamAsync(
        IReadOnlyList<string> names,
        IObjectSink sink,
        CancellationToken cancellationToken
    )
    {
        await using var ending = cancellationToken.Register(Kill);
        IsClean = false;
        var asking = AskAsync("contents", names);
        for (var index = 0; index < names.Count; index++)
        {
            var head = await ReadHeadAsync(names[index]);
            if (sink.Begin(index, head) is { } problem)
                return problem;
            if (head.Type is not null)
                await ReadBodyAsync(names[index], head, sink);
            sink.End();
        }
        await asking;
        IsClean = true;
        return null;
    }

    /// <summary>
    /// Hands one object on, no faster than it is taken. Its last bytes are held back until they have been hashed with all others: whoever counts bytes
    /// notices what is not whole (THREATS T71).
    /// </summary>
    /// <param name="head">As <see cref="HeadsAsync"/> gave it.</param>
    /// <param name="write">False: enough. Not called for an object without bytes.</param>
    /// <returns>Whether all of it was handed on.</returns>
    public async Task<bool> CopyAsync(
        ObjectHead head,
        Func<ReadOnlyMemory<byte>, ValueTask<bool>> write,
        CancellationToken cancellationToken
    )
    {
        await using var ending = cancellationToken.Register(Kill);
        IsClean = false;
        await AskAsync("contents", [head.Id]);
        if (await ReadHeadAsync(head.Id) != head)
            throw new MirrorDamagedException($"object {head.Id} is not what it was");
        using var hash = ObjectHash.Of(head);
        ReadOnlyMemory<byte> held = default;
        for (var left = head.Size; left > 0; )
        {
            if (_start == _end)
                await FillAsync();
            var bytes = _buffer.AsMemory(_start, (int)Math.Min(left, _end - _start));
            hash.AppendData(bytes.Span);
            _start += bytes.Length;
            left -= bytes.Length;
            if (left == 0)
                held = bytes.ToArray(); // what follows is read into the same buffer
            else if (!await write(bytes))
                return false;
        }
        if ((await ReadLineAsync()).Length > 0 || Convert.ToHexStringLower(hash.GetHashAndReset()) != head.Id)
            throw new MirrorDamagedException($"the bytes of object {head.Id} are not its own");
        IsClean = true;
        return held.IsEmpty || await write(held);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        GitCommand.CloseStreams(process);
        process.Dispose();
    }

    /// <summary>cat-file has no children: the tree is itself.</summary>
    private void Kill()
    {
        if (!process.HasExited)
            process.Kill();
    }

    /// <summary>Runs beside the reading: git answers while it is asked, and both pipes are short.</summary>
    private async Task AskAsync(string command, IReadOnlyList<string> names)
    {
        var question = new StringBuilder();
        foreach (var name in names)
            question.Append(command).Append(' ').Append(name).Append('\n');
        try
        {
            await _in.WriteAsync(Encoding.ASCII.GetBytes(question.ToString()));
            await _in.FlushAsync();
        }
        catch (IOException problem)
        {
            throw new ReaderEndedException("git ended while it was asked", problem);
        }
    }

    private async Task<ObjectHead> ReadHeadAsync(string name)
    {
        var line = await ReadLineAsync();
        if (line.EndsWith(" missing", StringComparison.Ordinal))
            return new ObjectHead(name, null, 0);
        var parts = line.Split(' ');
        return parts.Length == 3 && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var size)
            ? new ObjectHead(parts[0], parts[1], size)
            : throw new MirrorDamagedException($"git answered '{UntrustedText.Line(line, 100)}'");
    }

    private async Task ReadBodyAsync(string name, ObjectHead head, IObjectSink sink)
    {
        using var hash = ObjectHash.Of(head);
        for (var left = head.Size; left > 0; )
        {
            if (_start == _end)
                await FillAsync();
            var count = (int)Math.Min(left, _end - _start);
            var bytes = _buffer.AsSpan(_start, count);
            hash.AppendData(bytes);
            sink.Write(bytes);
            _start += count;
            left -= count;
        }
        if ((await ReadLineAsync()).Length > 0 || Convert.ToHexStringLower(hash.GetHashAndReset()) != head.Id)
            throw new MirrorDamagedException($"the bytes of object {head.Id} are not its own");
        if (ObjectHash.IsId(name) && name != head.Id)
            throw new MirrorDamagedException($"git answered {head.Id} when asked for {name}");
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (_start == _end)
                await FillAsync();
            var rest = _buffer.AsSpan(_start, _end - _start);
            var end = rest.IndexOf((byte)'\n');
            line.Write(end < 0 ? rest : rest[..end]);
            _start += end < 0 ? rest.Length : end + 1;
            if (line.WrittenCount > MaxHeadBytes)
                throw new MirrorDamagedException("git answered with an endless line");
            if (end >= 0)
                return Encoding.UTF8.GetString(line.WrittenSpan);
        }
    }

    private async Task FillAsync()
    {
        (_start, _end) = (0, await _out.ReadAsync(_buffer));
        if (_end == 0)
            throw new ReaderEndedException("git ended before it had answered");
    }
}
