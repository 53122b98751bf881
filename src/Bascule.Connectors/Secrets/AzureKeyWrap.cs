using System.Buffers.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>
/// An RSA key of Key Vault, which never leaves it (https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key). What is stored names the key's
/// version, so that a rotated key still unwraps what an older one wrapped.
/// </summary>
internal sealed class AzureKeyWrap(AzureClient client, string vault, string key) : IKeyWrap, IDisposable
{
    private const string Algorithm = "RSA-OAEP-256";

    public async Task<Result<string>> WrapAsync(ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        var found = await client.CallAsync(
            vault,
            OutboundRequest.Get($"/keys/{key}{AzureClient.Version}", $"find key {key} in vault {vault}"),
            AzureJson.Default.AzureKeyAnswer,
            cancellationToken
        );
        if (found.Failed(out var unfound))
            return unfound;
        if (found.Value.Key?.Kid?.Split('/')[^1] is not { Length: 32 } version || !version.All(char.IsAsciiHexDigit))
            return Problem.Unavailable(
                $"{AzureOptions.Subject}: cannot wrap by {key}: the answer names no version of it"
            );
        var wrapped = await CallAsync("wrapkey", version, Base64Url.EncodeToString(plain.Span), cancellationToken);
        return wrapped.Failed(out var problem) ? problem : $"{version}:{wrapped.Value}";
    }

    public async Task<Result<byte[]>> UnwrapAsync(string wrapped, CancellationToken cancellationToken)
    {
        if (wrapped.Split(':') is not [{ Length: 32 } version, var value] || !version.All(char.IsAsciiHexDigit))
            return Problem.Invalid(
                $"{AzureOptions.Subject}: cannot unwrap by {key}: what is stored was not wrapped by it; restore the right file"
            );
        var plain = await CallAsync("unwrapkey", version, value, cancellationToken);
        if (plain.Failed(out var problem))
            return problem;
        return Base64Url.IsValid(plain.Value)
            ? Base64Url.DecodeFromChars(plain.Value)
            : Problem.Unavailable($"{AzureOptions.Subject}: cannot unwrap by {key}: the answer holds no key");
    }

    public void Dispose() => client.Dispose();

    private async Task<Result<string>> CallAsync(
        string verb,
        string version,
        string value,
        CancellationToken cancellationToken
    )
    {
        var answer = await client.CallAsync(
            vault,
            OutboundRequest.Send(
                HttpMethod.Post,
                $"/keys/{key}/{version}/{verb}{AzureClient.Version}",
                $"{verb} by {key} in vault {vault}",
                new AzureWrapBody(Algorithm, value),
                AzureJson.Default.AzureWrapBody
            ),
            AzureJson.Default.AzureWrapAnswer,
            cancellationToken
        );
        if (answer.Failed(out var problem))
            return problem;
        return answer.Value.Value is { Length: > 0 } text
            ? text
            : Problem.Unavailable($"{AzureOptions.Subject}: cannot {verb} by {key}: the answer holds nothing");
    }
}
