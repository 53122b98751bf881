using System.Security.Cryptography;
using System.Text;

namespace Bascule.Server.Sealing;

/// <summary>How values are sealed: AES-256-GCM with a random nonce in front, bound to what the value is for.</summary>
internal static class SealedBox
{
    public const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, string purpose, ReadOnlySpan<byte> value)
    {
        var sealedValue = new byte[NonceBytes + TagBytes + value.Length];
        RandomNumberGenerator.Fill(sealedValue.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            sealedValue.AsSpan(0, NonceBytes),
            value,
            sealedValue.AsSpan(NonceBytes + TagBytes),
            sealedValue.AsSpan(NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(purpose)
        );
        return sealedValue;
    }

    /// <exception cref="CryptographicException">The value was sealed under another key or for another purpose, or was changed.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, string purpose, ReadOnlySpan<byte> sealedValue)
    {
        if (sealedValue.Length < NonceBytes + TagBytes)
            throw new CryptographicException("a sealed value is too short");
        var value = new byte[sealedValue.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            sealedValue[..NonceBytes],
            sealedValue[(NonceBytes + TagBytes)..],
            sealedValue.Slice(NonceBytes, TagBytes),
            value,
            Encoding.UTF8.GetBytes(purpose)
        );
        return value;
    }
}
