using System.Text;
using System.Text.Json;
using Bascule.Core.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// A signed token taken apart (RFC 7515 section 7.1), nothing of which is proven. It is not an identity: only <see cref="VerifiedToken"/> is.
/// </summary>
internal sealed class CompactToken
{
    /// <summary>In letters, looked at before anything else is (THREATS T32). Entra's with 200 groups have about 12 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxHeaderLength = 8 * 1024;
    private const int Parts = 3;

    private CompactToken(TokenHeader header, JsonElement payload, byte[] signedInput, byte[] signature) =>
        (Header, Payload, SignedInput, Signature) = (header, payload, signedInput, signature);

    public TokenHeader Header { get; }

    /// <summary>A JSON object.</summary>
    public JsonElement Payload { get; }

    public byte[] SignedInput { get; }

    public byte[] Signature { get; }

    public static Result<CompactToken> Read(string text)
    {
        if (text.Length > MaxLength)
            return TokenProblem.Malformed($"it is longer than {MaxLength} letters");
        Span<Range> parts = stackalloc Range[Parts + 1];
        if (text.AsSpan().Split(parts, '.') != Parts)
            return TokenProblem.Malformed("it has not three parts: encrypted and unsigned tokens are not taken");
        if (text.AsSpan(parts[0]).Length > MaxHeaderLength)
            return TokenProblem.Malformed($"its header is longer than {MaxHeaderLength} letters");
        if (
            StrictBase64Url.Decode(text.AsSpan(parts[0])) is not { Length: > 0 } headerBytes
            || StrictBase64Url.Decode(text.AsSpan(parts[1])) is not { Length: > 0 } payloadBytes
            || StrictBase64Url.Decode(text.AsSpan(parts[2])) is not { Length: > 0 } signature
        )
            return TokenProblem.Malformed("a part of it is empty or not base64url");
        var header = TokenHeader.Read(headerBytes);
        if (header.Failed(out var problem))
            return problem;
        var payload = StrictJson.Parse(payloadBytes);
        if (payload.Failed(out var fault))
            return TokenProblem.Malformed($"its claims are refused: {fault.Message}");
        if (payload.Value.ValueKind != JsonValueKind.Object)
            return TokenProblem.Malformed("its claims are not a JSON object");
        return new CompactToken(
            header.Value,
            payload.Value,
            Encoding.ASCII.GetBytes(text, 0, parts[1].End.Value),
            signature
        );
    }
}
