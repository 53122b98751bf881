using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bascule.Core.Content;
using Bascule.Core.Notebooks;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>Looks into notebooks for outputs, and remembers which bytes were looked at: a large tree is read once, not at every push.</summary>
internal sealed class NotebookSearch
{
    private const int Remembered = 10_000;

    private readonly ConcurrentDictionary<string, FoundNotebook> _known = new();

    public async Task<FoundNotebook> LookAsync(TreeEntry entry, IContentTree tree, CancellationToken cancellationToken)
    {
        // Before it is read: one that is too large costs nothing (THREATS T130).
        if (entry.Size > JupyterFile.MaxBytes)
            return new FoundNotebook($"has {entry.Size} bytes, and at most {JupyterFile.MaxBytes} are read");
        var digest = tree.DigestOf(entry);
        if (_known.TryGetValue(digest, out var known))
            return known;
        var content = await tree.ReadAsync(entry, cancellationToken);
        if (_known.Count >= Remembered)
            _known.Clear();
        return _known[digest] = Look(content.Span, digest);
    }

    /// <summary>The bytes without outputs, as <see cref="LookAsync"/> found them.</summary>
    /// <exception cref="InvalidOperationException">They are none that it found to be a notebook.</exception>
    public static byte[] Strip(ReadOnlySpan<byte> bytes)
    {
        var read = JupyterFile.Read(bytes);
        return read.Failed(out var problem)
            ? throw new InvalidOperationException($"a notebook that was read before {problem.Message}")
            : read.Value.WithoutOutputs(bytes);
    }

    private static FoundNotebook Look(ReadOnlySpan<byte> bytes, string digest)
    {
        var read = JupyterFile.Read(bytes);
        if (read.Failed(out var problem))
            return new FoundNotebook(problem.Message);
        if (read.Value.IsClean)
            return new FoundNotebook(Fault: null) { Digest = digest, Size = bytes.Length };
        var stripped = read.Value.WithoutOutputs(bytes);
        return new FoundNotebook(Fault: null)
        {
            IsClean = false,
            Digest = Convert.ToHexStringLower(SHA256.HashData(stripped)),
            Size = stripped.Length,
            Outputs = read.Value.Outputs,
        };
    }
}

/// <param name="Fault">Why nobody knows where its outputs are, as a sentence about it goes on; null when that is known.</param>
internal sealed record FoundNotebook(string? Fault)
{
    /// <summary>Whether nothing would be taken out of it.</summary>
    public bool IsClean { get; init; } = true;

    /// <summary>SHA-256 of the bytes without outputs.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Of the bytes without outputs.</summary>
    public long Size { get; init; }

    /// <summary>Where outputs are, in words.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}
