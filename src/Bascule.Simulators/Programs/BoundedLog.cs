using System.Text;

namespace Bascule.Simulators.Programs;

/// <summary>Keeps the end of what two streams wrote, by whole lines: a stream never breaks into a line of the other.</summary>
internal sealed class BoundedLog(int limit)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    public bool Truncated { get; private set; }

    public async Task CopyFromAsync(TextReader reader, BoundedLog? also)
    {
        var buffer = new char[4096];
        var held = 0;
        for (int read; (read = await reader.ReadAsync(buffer.AsMemory(held))) > 0; )
        {
            held += read;
            // A program that does not buffer writes a line's text and its end apart. A line as long as the buffer is not waited for.
            var whole = buffer.AsSpan(0, held).LastIndexOf('\n') + 1;
            if (whole == 0 && held == buffer.Length)
                whole = held;
            Append(buffer.AsSpan(0, whole), also);
            buffer.AsSpan(whole, held - whole).CopyTo(buffer);
            held -= whole;
        }
        Append(buffer.AsSpan(0, held), also);
    }

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString(int.Max(0, _text.Length - limit), int.Min(_text.Length, limit));
    }

    private void Append(ReadOnlySpan<char> text, BoundedLog? also)
    {
        also?.Append(text, null);
        lock (_gate)
        {
            _text.Append(text);
            Truncated |= _text.Length > limit;
            if (_text.Length > 2 * limit)
                _text.Remove(0, _text.Length - limit);
        }
    }
}
