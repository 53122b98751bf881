namespace Bascule.Connectors.Git;

/// <summary>Reads what another process prints, and never more than was agreed.</summary>
public static class BoundedBytes
{
    private const int Chunk = 16 * 1024;

    /// <summary>Calls <paramref name="whenTooMuch"/> as soon as there is more than <paramref name="max"/>.</summary>
    public static async Task<(byte[] Bytes, bool TooMuch)> ReadAsync(Stream stream, int max, Action whenTooMuch)
    {
        using var kept = new MemoryStream();
        var chunk = new byte[Chunk];
        while (await stream.ReadAsync(chunk, CancellationToken.None) is > 0 and var count)
        {
            if (kept.Length + count > max)
            {
                whenTooMuch();
                return ([], true);
            }
            await kept.WriteAsync(chunk.AsMemory(0, count), CancellationToken.None);
        }
        return (kept.ToArray(), false);
    }

    /// <summary>Keeps the first bytes and reads the rest, so that the writer never blocks.</summary>
    public static async Task<(byte[] Bytes, bool TooMuch)> DrainAsync(Stream stream, int max)
    {
        using var kept = new MemoryStream();
        var chunk = new byte[Chunk];
        while (await stream.ReadAsync(chunk, CancellationToken.None) is > 0 and var count)
            await kept.WriteAsync(chunk.AsMemory(0, (int)Math.Min(count, max - kept.Length)), CancellationToken.None);
        return (kept.ToArray(), false);
    }
}
