using System.Text;

namespace Bascule.Simulators.Programs;

/// <summary>Keeps the end of what two streams wrote.</summary>
internal sealed class BoundedLog(int limit)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    public bool Truncated { get; private set; }

    public async Task CopyFromAsync(TextReader reader, BoundedLog? also)
    {
        var buffer = new char[4096];
        for (var read = await reader.ReadAsync(buffer); read > 0; read = await reader.ReadAsync(buffer))
        {
            Append(buffer.AsSpan(0, read));
            also?.Append(buffer.AsSpan(0, read));
        }
    }

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString(int.Max(0, _text.Length - limit), int.Min(_text.Length, limit));
    }

    private void Append(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            _text.Append(text);
            Truncated |= _text.Length > limit;
            if (_text.Length > 2 * limit)
                _text.Remove(0, _text.Length - limit);
        }
    }
}
