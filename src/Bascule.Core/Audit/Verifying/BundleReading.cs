using System.Buffers.Binary;
using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>One tile of entries, taken apart: the hash of each, and what is wrong with them. Made in parallel, so it looks at nothing else.</summary>
internal sealed class BundleReading
{
    private const int LengthBytes = sizeof(ushort);

    private readonly List<LogFinding> _findings = [];

    private BundleReading(TileName name) => Name = name;

    public TileName Name { get; }

    /// <summary>Of the first entry in it.</summary>
    public long From => Name.Index * TileName.FullWidth;

    /// <summary>Of each entry that could be read, one after the other.</summary>
    public byte[] Leaves { get; private set; } = [];

    public int Count => Leaves.Length / TreeHash.Length;

    /// <summary>Of a full tile that is whole.</summary>
    public TreeHash? Root { get; private set; }

    public long EntryBytes { get; private set; }

    /// <summary>Why there is nothing to read; null where there is.</summary>
    public Problem? Missing { get; private init; }

    /// <summary>As many entries as the tile is wide.</summary>
    public bool IsWhole => Count == Name.Width;

    /// <summary>Of the hash tile over these entries as it is kept; empty where there is none, or none of that size.</summary>
    public ReadOnlyMemory<byte> Kept { get; private set; }

    public IReadOnlyList<LogFinding> Findings => _findings;

    public static async Task<BundleReading> ReadAsync(
        ILogSource source,
        TileName name,
        Task<Result<ReadOnlyMemory<byte>>> bundle,
        CancellationToken cancellationToken
    )
    {
        var read = await bundle;
        var reading = read.Failed(out var missing)
            ? new BundleReading(name) { Missing = missing }
            : Take(name, read.Value);
        if (source.HasHashes)
            await reading.ReadKeptAsync(source, cancellationToken);
        return reading;
    }

    private static BundleReading Take(TileName name, ReadOnlyMemory<byte> bundle)
    {
        var reading = new BundleReading(name);
        var leaves = new byte[name.Width * TreeHash.Length];
        var rest = bundle.Span;
        var count = 0;
        for (; count < name.Width && rest.Length >= LengthBytes; count++)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (rest.Length < LengthBytes + length)
                break;
            reading.Take(rest.Slice(LengthBytes, length), leaves.AsSpan(count * TreeHash.Length), count);
            rest = rest[(LengthBytes + length)..];
        }
        reading.Leaves = leaves[..(count * TreeHash.Length)];
        if (name.IsFull && reading.IsWhole)
            reading.Root = Subtree.RootOf(reading.Leaves);
        if (!rest.IsEmpty)
            reading._findings.Add(
                LogFinding.At(
                    LogFault.Malformed,
                    reading.From + count,
                    reading.From + name.Width - 1,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name.Path} has {rest.Length} bytes behind its entry {reading.From + count - 1} that are no entry of it"
                    )
                )
            );
        return reading;
    }

    private void Take(ReadOnlySpan<byte> entry, Span<byte> leaf, int number)
    {
        TreeHash.OfLeaf(entry).CopyTo(leaf);
        EntryBytes += entry.Length;
        if (EntryForm.FaultOf(entry) is { } fault)
            _findings.Add(
                LogFinding.At(
                    LogFault.Form,
                    From + number,
                    From + number,
                    $"{LogFinding.Entries(From + number, From + number)}: {fault}"
                )
            );
    }

    private async Task ReadKeptAsync(ILogSource source, CancellationToken cancellationToken)
    {
        var kept = await source.ReadAsync(new TileName(0, Name.Index, Name.Width), cancellationToken);
        if (kept.Problem is null && kept.Value.Length == Name.Width * TreeHash.Length)
            Kept = kept.Value;
    }
}
