using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>An object on its way from the forge. Its last bytes are held back until all of it was hashed: what is not what its name says never arrives whole (THREATS T69).</summary>
internal sealed class LfsDownload : IDisposable
{
    private const int Chunk = 64 * 1024;
    private readonly HttpResponseMessage _answer;

    private LfsDownload(HttpResponseMessage answer, LfsPointer pointer) => (_answer, Pointer) = (answer, pointer);

    public LfsPointer Pointer { get; }

    /// <summary>NotFound when the forge does not have it.</summary>
    public static async Task<Result<LfsDownload>> OpenAsync(
        LfsForge forge,
        GitAccess access,
        LfsPointer pointer,
        CancellationToken cancellationToken
    )
    {
        var asked = await forge.AskAsync(access, "download", [pointer], cancellationToken);
        if (asked.Failed(out var problem))
            return problem;
        if (!asked.Value.TryGetValue(pointer, out var offer) || offer.Download is not { } tail)
            return Problem.NotFound($"the forge does not have LFS object {pointer.Oid}");
        var opened = await forge.ReadAsync(access, tail, cancellationToken);
        return opened.Failed(out problem) ? problem : new LfsDownload(opened.Value, pointer);
    }

    /// <param name="write">False: enough.</param>
    /// <returns>Whether all of it was handed on.</returns>
    /// <exception cref="InvalidDataException">The bytes are not those of the object.</exception>
    public async Task<bool> CopyAsync(
        Func<ReadOnlyMemory<byte>, ValueTask<bool>> write,
        CancellationToken cancellationToken
    )
    {
        await using var source = await _answer.Content.ReadAsStreamAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (read, held) = (new byte[Chunk], new byte[Chunk]);
        var (heldCount, size) = (0, 0L);
        while (await source.ReadAsync(read, cancellationToken) is > 0 and var count)
        {
            hash.AppendData(read, 0, count);
            size += count;
            if (size > Pointer.Size)
                throw Wrong();
            if (heldCount > 0 && !await write(held.AsMemory(0, heldCount)))
                return false;
            (read, held, heldCount) = (held, read, count);
        }
        if (size != Pointer.Size || Convert.ToHexStringLower(hash.GetHashAndReset()) != Pointer.Oid)
            throw Wrong();
        return heldCount == 0 || await write(held.AsMemory(0, heldCount));
    }

    public void Dispose() => _answer.Dispose();

    private InvalidDataException Wrong() => new($"the forge's bytes of LFS object {Pointer.Oid} are not its own");
}
