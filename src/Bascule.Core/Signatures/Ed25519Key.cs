using System.Security.Cryptography;

namespace Bascule.Core.Signatures;

/// <summary>
/// An Ed25519 key (RFC 8032), private or public. The base library has none, so OpenSSL does the work: the one that .NET has loaded.
/// Safe to be used by several threads at once.
/// </summary>
public sealed class Ed25519Key : IDisposable
{
    public const int SeedLength = 32;
    public const int PublicLength = 32;
    public const int SignatureLength = 64;

    private readonly OpenSslKeyHandle _handle;
    private readonly bool _canSign;
    private readonly byte[] _public;

    private Ed25519Key(OpenSslKeyHandle handle, bool canSign)
    {
        (_handle, _canSign) = (handle, canSign);
        _public = OpenSsl.PublicKeyOf(handle);
    }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <param name="seed">The private key: 32 random bytes.</param>
    /// <exception cref="CryptographicException">It has another length.</exception>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == SeedLength
            ? new Ed25519Key(OpenSsl.PrivateKey(seed), canSign: true)
            : throw new CryptographicException(
                $"an Ed25519 private key has {SeedLength} bytes, and this {seed.Length}"
            );

    /// <exception cref="CryptographicException">It has another length than 32, or is no key.</exception>
    public static Ed25519Key FromPublic(ReadOnlySpan<byte> key) =>
        key.Length == PublicLength
            ? new Ed25519Key(OpenSsl.PublicKey(key), canSign: false)
            : throw new CryptographicException(
                $"an Ed25519 public key has {PublicLength} bytes, and this {key.Length}"
            );

    /// <exception cref="InvalidOperationException">Only the public key is known.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message) =>
        _canSign ? OpenSsl.Sign(_handle, message) : throw new InvalidOperationException("a public key signs nothing");

    /// <summary>False also for a signature of another length than 64.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength && OpenSsl.Verify(_handle, message, signature);

    public void Dispose() => _handle.Dispose();
}
