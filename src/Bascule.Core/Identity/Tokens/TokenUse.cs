using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>A use of a token that may happen once (THREATS T31).</summary>
/// <param name="Digest">SHA-256 of what is used for what, in lower-case hex; nothing of the token can be read from it.</param>
/// <param name="ExpiresAt">When the token has expired for everybody, whatever their clocks: nobody needs to remember it afterwards.</param>
public sealed record TokenUse(string Digest, DateTimeOffset ExpiresAt)
{
    /// <summary>Without a <c>jti</c>, what is signed stands for it: a second signature over the same is the same token.</summary>
    internal static TokenUse Of(
        string purpose,
        string issuer,
        string? id,
        ReadOnlySpan<byte> signedInput,
        DateTimeOffset expiresAt
    )
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(digest, Encoding.UTF8.GetBytes(purpose));
        Append(digest, Encoding.UTF8.GetBytes(issuer));
        Append(digest, id is null ? "input"u8 : "jti"u8);
        Append(digest, id is null ? signedInput : Encoding.UTF8.GetBytes(id));
        var latest = DateTimeOffset.MaxValue - TrustedIssuer.LargestSkew;
        return new TokenUse(
            Convert.ToHexStringLower(digest.GetHashAndReset()),
            (expiresAt < latest ? expiresAt : latest) + TrustedIssuer.LargestSkew
        );
    }

    /// <summary>With its length before it, so that no part can borrow from the next.</summary>
    private static void Append(IncrementalHash digest, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        digest.AppendData(length);
        digest.AppendData(part);
    }
}
