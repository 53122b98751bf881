using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>A key of Vault's transit engine, which never leaves it (https://developer.hashicorp.com/vault/api-docs/secret/transit#encrypt-data).</summary>
internal sealed class VaultTransit(VaultClient client, string mount, string key) : IKeyWrap, IDisposable
{
    public async Task<Result<string>> WrapAsync(ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        var body = new VaultPlain(Convert.ToBase64String(plain.Span));
        var answer = await client.CallAsync(
            () =>
                OutboundRequest.Send(
                    HttpMethod.Post,
                    Path("encrypt"),
                    $"wrap by {key}",
                    body,
                    VaultJson.Default.VaultPlain
                ),
            VaultJson.Default.VaultCipherAnswer,
            cancellationToken
        );
        if (answer.Failed(out var problem))
            return problem;
        return answer.Value.Data?.Ciphertext is { Length: > 0 } text
            ? text
            : Problem.Unavailable($"{VaultOptions.Subject}: cannot wrap by {key}: the answer holds no ciphertext");
    }

    public async Task<Result<byte[]>> UnwrapAsync(string wrapped, CancellationToken cancellationToken)
    {
        var body = new VaultCipher(wrapped);
        var answer = await client.CallAsync(
            () =>
                OutboundRequest.Send(
                    HttpMethod.Post,
                    Path("decrypt"),
                    $"unwrap by {key}",
                    body,
                    VaultJson.Default.VaultCipher
                ),
            VaultJson.Default.VaultPlainAnswer,
            cancellationToken
        );
        if (answer.Failed(out var problem))
            return problem;
        var plain = new byte[64];
        return Convert.TryFromBase64String(answer.Value.Data?.Plaintext ?? "", plain, out var length)
            ? plain[..length]
            : Problem.Unavailable($"{VaultOptions.Subject}: cannot unwrap by {key}: the answer holds no key");
    }

    public void Dispose() => client.Dispose();

    private string Path(string verb) => $"/v1/{VaultClient.Escaped(mount)}/{verb}/{Uri.EscapeDataString(key)}";
}
