using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>Secrets of a KV engine, version 2 (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version).</summary>
internal sealed class VaultSource(VaultClient client) : ISecretSource, IDisposable
{
    public string Scheme => "vault";

    public async Task<Result<Secret>> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var place = (VaultSecret)reference;
        var path = $"/v1/{VaultClient.Escaped(place.Mount)}/data/{VaultClient.Escaped(place.Path)}";
        var doing = $"read {place.Mount}/{place.Path}";
        var read = await client.CallAsync(
            () => OutboundRequest.Get(path, doing),
            VaultJson.Default.VaultSecretAnswer,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem;
        var failing = $"{VaultOptions.Subject}: cannot {doing}";
        if (read.Value.Data?.Data is not { } fields)
            return Problem.NotFound($"{failing}: it was deleted, or {place.Mount} is no KV engine of version 2");
        return
            fields.TryGetValue(place.Field, out var field)
            && field.ValueKind == JsonValueKind.String
            && field.GetString()!.Trim() is { Length: > 0 } text
            ? new Secret(text)
            : Problem.NotFound($"{failing}: it has no text in field '{place.Field}'; write it there, or name another");
    }

    public void Dispose() => client.Dispose();
}
