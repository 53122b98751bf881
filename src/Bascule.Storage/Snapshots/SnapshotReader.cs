using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bascule.Storage.Snapshots;

/// <summary>Reads a snapshot line by line. Whatever does not look as it should is a FormatException: a cut or damaged file never looks whole.</summary>
internal sealed class SnapshotReader : IAsyncDisposable
{
    private const int LongestLine = 512 * 1024 * 1024;
    private readonly GZipStream _packed;
    private readonly PipeReader _lines;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private SnapshotReader(Stream file)
    {
        _packed = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        _lines = PipeReader.Create(_packed, new StreamPipeReaderOptions(bufferSize: 128 * 1024, leaveOpen: true));
    }

    public SnapshotManifest Manifest { get; private set; } = null!;

    /// <summary>Reads the manifest.</summary>
    /// <exception cref="FormatException">It is not a snapshot, or one of another format.</exception>
    public static async Task<SnapshotReader> OpenAsync(Stream file, CancellationToken cancellationToken)
    {
        var reader = new SnapshotReader(file);
        try
        {
            reader.Manifest = await reader.ReadAsync(SnapshotJson.Default.SnapshotManifest, cancellationToken);
            return reader.Manifest.Format == SnapshotFormat.Version
                ? reader
                : throw new FormatException(
                    $"it is of format {reader.Manifest.Format}, and this program reads format {SnapshotFormat.Version}: use Bascule {reader.Manifest.Version}"
                );
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next row; it is counted into the digest.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadRowAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        _hash.AppendData(line);
        _hash.AppendData("\n"u8);
        return line;
    }

    /// <summary>Reads the seal, and answers the digest when everything before it is as it was written.</summary>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        var seal = await ReadAsync(SnapshotJson.Default.SnapshotSeal, cancellationToken);
        var found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return found == seal.Sha256 ? found : throw new FormatException("its digest is not that of what is in it");
    }

    public async ValueTask DisposeAsync()
    {
        await _lines.CompleteAsync();
        await _packed.DisposeAsync();
        _hash.Dispose();
    }

    private async Task<T> ReadAsync<T>(
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return JsonSerializer.Deserialize(await ReadLineAsync(cancellationToken), type)
                ?? throw new FormatException("it is not a snapshot");
        }
        catch (JsonException wrong)
        {
            throw new FormatException("it is not a snapshot, or it is damaged", wrong);
        }
    }

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadMoreAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end).ToArray();
                _lines.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }
            if (read.IsCompleted || read.Buffer.Length > LongestLine)
                throw new FormatException("it was cut off before its end");
            _lines.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadMoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lines.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException damaged)
        {
            throw new FormatException("it is not a snapshot, or it is damaged", damaged);
        }
    }
}
