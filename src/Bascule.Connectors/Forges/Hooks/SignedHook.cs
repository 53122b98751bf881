using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>
/// Checks the signature that Gogs and its descendants make: HMAC-SHA256 in lower-case hex over the JSON, in one header whose name tells the kind of forge.
/// Every other signature header is ignored (THREATS T01 to T06).
/// </summary>
internal sealed class SignedHook(string signatureHeader, string deliveryHeader, string eventHeader)
{
    private const int MaxLabel = 100;

    public Result<SignedDelivery> Verify(WebhookRequest request, IReadOnlyList<Secret> secrets)
    {
        var signatures = Values(request, signatureHeader);
        if (signatures.Count > 1)
            return Problem.Invalid($"the header {signatureHeader} is repeated; a forge sends it once");
        if (signatures.Count == 0 || Digest(signatures[0]) is not { } claimed)
            return Unsigned();
        var json = Json(request);
        if (json.Failed(out var problem))
            return problem;
        return IsSigned(json.Value.Span, claimed, secrets)
            ? new SignedDelivery(Label(request, deliveryHeader), Label(request, eventHeader), json.Value)
            : Unsigned();
    }

    private Problem Unsigned() =>
        Problem.Unauthenticated(
            $"{signatureHeader} does not hold this webhook's signature; register the webhook again with bascule connect"
        );

    private static IReadOnlyList<string> Values(WebhookRequest request, string name) =>
        [
            .. request
                .Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value),
        ];

    /// <summary>Null unless the text is exactly 64 lower-case hex digits.</summary>
    private static byte[]? Digest(string signature) =>
        signature.Length == 2 * SHA256.HashSizeInBytes && signature.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0
            ? Convert.FromHexString(signature)
            : null;

    /// <summary>The bytes that are signed: the body, or a form's one field.</summary>
    private static Result<ReadOnlyMemory<byte>> Json(WebhookRequest request)
    {
        var types = Values(request, "Content-Type");
        var type = types is [var only] && MediaTypeHeaderValue.TryParse(only, out var parsed) ? parsed.MediaType : null;
        return type?.ToLowerInvariant() switch
        {
            "application/json" => request.Body,
            "application/x-www-form-urlencoded" => FormPayload.Read(request.Body.Span),
            _ => Problem.Invalid("the content type is neither application/json nor application/x-www-form-urlencoded"),
        };
    }

    /// <summary>Every secret is tried, so that time tells nothing about which one matched.</summary>
    private static bool IsSigned(ReadOnlySpan<byte> json, byte[] claimed, IReadOnlyList<Secret> secrets)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var signed = false;
        foreach (var secret in secrets.Where(secret => !secret.IsEmpty))
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), json, digest);
            signed |= CryptographicOperations.FixedTimeEquals(digest, claimed);
        }
        return signed;
    }

    /// <summary>An unsigned header, for display: empty unless short, plain and sent once.</summary>
    private static string Label(WebhookRequest request, string header) =>
        Values(request, header) is [{ Length: <= MaxLabel } value]
        && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            ? value
            : "";
}
