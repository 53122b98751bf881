using System.Security.Cryptography;
using System.Text;
using Bascule.Core;

namespace Bascule.Server.Sealing;

/// <summary>
/// Seals webhook secrets and signing keys at rest: AES-256-GCM under <c>data/master.key</c> (mode 0600), which no backup of the database holds.
/// </summary>
public sealed class MasterKey : IDisposable
{
    internal const int KeyBytes = SealedBox.KeyBytes;
    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>A copy of the key that these bytes are; the caller wipes its own.</summary>
    internal static MasterKey Of(ReadOnlySpan<byte> key) => new(key.ToArray());

    /// <summary>Reads the key, or makes one where there is none. Refuses a file that other users may read.</summary>
    public static Result<MasterKey> Open(string path)
    {
        try
        {
            if (!File.Exists(path))
                Create(path);
            if ((File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
                return Problem.Denied($"'{path}' can be read by other users; run: chmod 600 {path}");
            var key = File.ReadAllBytes(path);
            return key.Length == KeyBytes
                ? new MasterKey(key)
                : Problem.Invalid($"'{path}' is not a master key of {KeyBytes} bytes; restore the right file");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"master key '{path}' cannot be read or made: {problem.Message}");
        }
    }

    /// <param name="purpose">What the value is for; a value sealed for one purpose does not open for another.</param>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> value) => SealedBox.Seal(_key, purpose, value);

    /// <exception cref="CryptographicException">The value was sealed under another key or for another purpose, or was changed.</exception>
    public byte[] Open(string purpose, ReadOnlySpan<byte> sealedValue) => SealedBox.Open(_key, purpose, sealedValue);

    /// <summary>A keyed digest under a key of its own for each purpose: 64 lower-case hex digits.</summary>
    public string Mac(string purpose, string value)
    {
        var derived = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            _key,
            KeyBytes,
            info: Encoding.UTF8.GetBytes("mac:" + purpose)
        );
        return Convert.ToHexStringLower(HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(value)));
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static void Create(string path) => Write(path, RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Makes a file that nobody else may read; never writes over one.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
