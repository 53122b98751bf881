using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>Goes through a log once, from its first entry to its last, and keeps only the right edge of what it has seen.</summary>
internal sealed class LogWalk(ILogSource source, Checkpoint checkpoint, FindingList findings)
{
    /// <summary>After so many tiles that are not there the log is taken to end before them.</summary>
    private const int MostMissing = 16;

    private readonly KeptTiles _kept = new(source, checkpoint);
    private readonly List<TileFault> _faults = [];
    private readonly Dictionary<long, TreeHash> _earlier = [];

    /// <summary>Over full tiles of entries: their roots are its leaves.</summary>
    private readonly TreeEdge _tiles = new();
    private readonly TreeEdge _last = new();
    private readonly LeafDiff _diff = new();
    private long? _missingFrom;
    private int _missing;

    /// <summary>The first entry behind the last one that was looked for.</summary>
    private long _end;

    /// <summary>Every hash of the tree so far is known from entries.</summary>
    private bool _isWhole = true;

    /// <summary>Every hash of it is known, if only from the tiles that are kept.</summary>
    private bool _isConnected = true;

    public long Entries { get; private set; }

    public long EntryBytes { get; private set; }

    /// <summary>Of all entries; null where not all could be read.</summary>
    public TreeHash? Root =>
        _isWhole && Entries == checkpoint.Size
            ? TreeEdge.Of(checkpoint.Size, [.. _tiles.Subtrees, .. _last.Subtrees]).Root
            : null;

    /// <param name="sizes">At which sizes the root is wanted.</param>
    public async Task<Problem?> RunAsync(IReadOnlySet<long> sizes, CancellationToken cancellationToken)
    {
        var levels = new TileLevels(_kept, checkpoint.Size, _faults);
        await foreach (var reading in BundleStream.ReadAsync(source, checkpoint.Size, cancellationToken))
        {
            if (reading.Missing is { Code: not (ProblemCode.NotFound or ProblemCode.Invalid) } problem)
                return problem;
            await TakeAsync(reading, levels, sizes, cancellationToken);
            _missing = reading.Missing is null ? 0 : _missing + 1;
            if (_missing == MostMissing)
                break;
        }
        if (_missingFrom is { } from)
            findings.Add(CutOff(from));
        _diff.Close();
        findings.Add(_diff.Findings(_missingFrom is null ? _end : -1, checkpoint.Size));
        if (_isConnected && _end == checkpoint.Size)
            await levels.FinishAsync(cancellationToken);
        var isGood = Root == checkpoint.Root;
        findings.Add(_faults.Select(fault => fault.Worded(isGood)));
        if (Root is { } root && !isGood && findings.Count == 0)
            findings.Add(OtherRoot(root));
        return null;
    }

    /// <summary>Of the first so many entries; null where they could not all be read.</summary>
    public TreeHash? RootAt(long size) =>
        size == 0 ? TreeHash.Empty
        : size == checkpoint.Size ? Root
        : _earlier.TryGetValue(size, out var root) ? root
        : null;

    private async Task TakeAsync(
        BundleReading reading,
        TileLevels levels,
        IReadOnlySet<long> sizes,
        CancellationToken cancellationToken
    )
    {
        _end = reading.From + reading.Name.Width;
        (Entries, EntryBytes) = (Entries + reading.Count, EntryBytes + reading.EntryBytes);
        findings.Add(reading.Findings);
        _isWhole &= reading.IsWhole;
        if (_isWhole)
            KeepEarlier(reading, sizes);
        var isExplained = await CompareAsync(reading, cancellationToken);
        if (!reading.Name.IsFull)
        {
            foreach (var leaf in Hashes(reading.Leaves))
                _last.Add(leaf);
            return;
        }
        if (_isWhole)
            _tiles.Add(reading.Root!.Value);
        var hash = reading.Root ?? (reading.Kept.IsEmpty ? null : Subtree.RootOf(reading.Kept.Span));
        _isConnected &= hash is not null;
        if (_isConnected)
            await levels.AddAsync(hash!.Value, isExplained, cancellationToken);
    }

    /// <summary>Whether the entries differ from what is kept of them, and a finding says so.</summary>
    private async Task<bool> CompareAsync(BundleReading reading, CancellationToken cancellationToken)
    {
        var isSame = reading.IsWhole && reading.Kept.Span.SequenceEqual(reading.Leaves);
        if (isSame && !_diff.IsOpen)
            Follow(reading);
        else if (await _kept.VouchesForAsync(NameOfHashes(reading), reading.Kept, cancellationToken))
            Differ(reading);
        else
            return Part(reading, isSame);
        return !isSame;
    }

    private void Differ(BundleReading reading)
    {
        if (reading.Missing is null)
            Follow(reading);
        if (!_diff.IsOpen)
            _diff.Open(reading.From);
        _diff.Add(reading.Leaves, reading.Kept.Span);
    }

    /// <summary>What is kept of these entries says nothing about them.</summary>
    private bool Part(BundleReading reading, bool isSame)
    {
        _diff.Close();
        if (reading.Missing is not null)
        {
            _missingFrom ??= reading.From;
            return true;
        }
        Follow(reading);
        if (source.HasHashes && !isSame)
            _faults.Add(TileFault.Of(NameOfHashes(reading), reading.Kept.Span, reading.Leaves));
        if (!reading.IsWhole && reading.Findings.All(one => one.Fault != LogFault.Malformed))
            _missingFrom = reading.From + reading.Count;
        return !reading.IsWhole;
    }

    /// <summary>There is something here, so what was missing before is a hole and not the end.</summary>
    private void Follow(BundleReading reading)
    {
        if (_missingFrom is { } from)
            findings.Add(
                LogFinding.At(
                    LogFault.Missing,
                    from,
                    reading.From - 1,
                    $"{LogFinding.Entries(from, reading.From - 1)} cannot be read: their tiles are missing or too short"
                )
            );
        _missingFrom = null;
    }

    private static TileName NameOfHashes(BundleReading reading) => new(0, reading.Name.Index, reading.Name.Width);

    private void KeepEarlier(BundleReading reading, IReadOnlySet<long> sizes)
    {
        foreach (var size in sizes.Where(size => size > reading.From && size <= reading.From + reading.Count))
        {
            var part = new TreeEdge();
            foreach (var leaf in Hashes(reading.Leaves.AsMemory(0, (int)(size - reading.From) * TreeHash.Length)))
                part.Add(leaf);
            _earlier[size] =
                part.Size == TileName.FullWidth
                    ? WithTile(part.Root)
                    : TreeEdge.Of(size, [.. _tiles.Subtrees, .. part.Subtrees]).Root;
        }
    }

    private TreeHash WithTile(TreeHash root)
    {
        var edge = TreeEdge.Of(_tiles.Size, [.. _tiles.Subtrees]);
        edge.Add(root);
        return edge.Root;
    }

    private LogFinding CutOff(long from) =>
        LogFinding.At(
            LogFault.Truncated,
            from,
            checkpoint.Size - 1,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the log ends after {from} entries, and its checkpoint covers {checkpoint.Size}: it was cut off, or is not whole"
            )
        );

    private LogFinding OtherRoot(TreeHash root) =>
        LogFinding.Of(
            LogFault.Root,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the {checkpoint.Size} entries have the root {root}, and the checkpoint {checkpoint.Root}: some are not those that it covers. "
            )
                + (
                    source.HasHashes
                        ? "The tiles of hashes were changed with them, so nothing here tells which"
                        : "Without tiles of hashes nothing tells which"
                )
        );

    private static IEnumerable<TreeHash> Hashes(ReadOnlyMemory<byte> hashes)
    {
        for (var at = 0; at < hashes.Length; at += TreeHash.Length)
            yield return new TreeHash(hashes.Span.Slice(at, TreeHash.Length));
    }
}
