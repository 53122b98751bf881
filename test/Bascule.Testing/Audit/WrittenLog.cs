using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Testing.Audit;

/// <summary>A log as a server would publish it, in memory: each file by its path.</summary>
public sealed class WrittenLog : ILogSource
{
    public const string Origin = "bascule.example.com/audit";

    private static readonly DateTimeOffset Began = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly NoteSigner _signer;

    private WrittenLog(NoteSigner signer) => _signer = signer;

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public string Name => Origin;

    public bool HasHashes { get; init; } = true;

    public NoteKey Key => _signer.Key;

    public SignedNote Checkpoint => SignedNote.Parse((ReadOnlySpan<byte>)Files[LogFolder.CheckpointName])!;

    /// <summary>An entry like those that the server writes; the same number gives the same bytes.</summary>
    public static byte[] Entry(long number) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"actor\":\"bascule\",\"facts\":{{\"number\":{number}}},\"id\":\"{number:x32}\",\"links\":{{\"run\":\"r{number}\"}},\"time\":\"{AuditEntry.TimeText(Began.AddSeconds(number))}\",\"type\":\"call.begun\",\"v\":1}}"
            )
        );

    public static byte[][] Entries(int count) => [.. Enumerable.Range(0, count).Select(number => Entry(number))];

    /// <param name="seed">Of the key: another number, another key.</param>
    public static WrittenLog Of(IReadOnlyList<byte[]> entries, byte seed = 1, string origin = Origin)
    {
        var log = new WrittenLog(SignerOf(seed, origin));
        log.Write(entries, origin);
        return log;
    }

    public static NoteSigner SignerOf(byte seed, string name) => new(name, [.. Enumerable.Repeat(seed, 32)]);

    /// <summary>As if a witness had handed its line in.</summary>
    public void Cosign(NoteSigner witness, DateTimeOffset at)
    {
        var checkpoint = Core.Audit.Log.Checkpoint.Parse(Checkpoint)!;
        Keep(Checkpoint.With(witness.Cosign(checkpoint, at)));
    }

    public void Keep(SignedNote checkpoint) =>
        Files[LogFolder.CheckpointName] = Encoding.UTF8.GetBytes(checkpoint.ToString());

    public void Save(string folder)
    {
        foreach (var (path, bytes) in Files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
    }

    public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Read(LogFolder.CheckpointName));

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
        Task.FromResult(Read(name.Path));

    /// <summary>The tiles of these entries, without a checkpoint.</summary>
    public void WriteTiles(IReadOnlyList<byte[]> entries)
    {
        foreach (var name in TileName.Of(TileName.Entries, entries.Count))
        {
            var part = entries.Skip((int)name.Index * TileName.FullWidth).Take(name.Width);
            Files[name.Path] = EntryBundle.Write([.. part.Select(entry => (ReadOnlyMemory<byte>)entry)]);
        }
        TreeHash[] hashes = [.. entries.Select(entry => TreeHash.OfLeaf(entry))];
        for (var level = 0; hashes.Length > 0; level++)
        {
            foreach (var name in TileName.Of(level, entries.Count))
                Files[name.Path] =
                [
                    .. hashes
                        .Skip((int)name.Index * TileName.FullWidth)
                        .Take(name.Width)
                        .SelectMany(hash => hash.ToBytes()),
                ];
            hashes =
            [
                .. hashes.Chunk(TileName.FullWidth).Where(chunk => chunk.Length == TileName.FullWidth).Select(RootOf),
            ];
        }
    }

    private void Write(IReadOnlyList<byte[]> entries, string origin)
    {
        WriteTiles(entries);
        var checkpoint = new Checkpoint(
            origin,
            entries.Count,
            RootOf([.. entries.Select(entry => TreeHash.OfLeaf(entry))])
        );
        Keep(new SignedNote(checkpoint.Text, [_signer.Sign(checkpoint.Text)]));
    }

    private static TreeHash RootOf(TreeHash[] leaves)
    {
        var edge = new TreeEdge();
        foreach (var leaf in leaves)
            edge.Add(leaf);
        return edge.Root;
    }

    private Result<ReadOnlyMemory<byte>> Read(string path) =>
        Files.TryGetValue(path, out var bytes)
            ? (ReadOnlyMemory<byte>)bytes
            : Problem.NotFound($"there is no '{path}'");
}
