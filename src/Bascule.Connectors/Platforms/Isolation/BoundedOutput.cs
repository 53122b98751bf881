using System.Buffers;

namespace Bascule.Connectors.Platforms.Isolation;

/// <summary>Keeps the beginning of what another process prints, and reads the rest so that it does not block.</summary>
internal sealed class BoundedOutput(int max)
{
    private readonly Lock _turn = new();
    private readonly ArrayBufferWriter<byte> _kept = new();

    /// <summary>Whether there was more.</summary>
    public bool IsFull { get; private set; }

    public async Task FillAsync(Stream stream, Action whenFull)
    {
        var chunk = new byte[64 * 1024];
        while (await stream.ReadAsync(chunk, CancellationToken.None) is > 0 and var count)
            if (Keep(chunk.AsSpan(0, count)))
                whenFull();
    }

    public byte[] Take()
    {
        lock (_turn)
            return _kept.WrittenSpan.ToArray();
    }

    private bool Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_turn)
        {
            var room = Math.Min(bytes.Length, max - _kept.WrittenCount);
            _kept.Write(bytes[..room]);
            IsFull |= room < bytes.Length;
            return IsFull;
        }
    }
}
