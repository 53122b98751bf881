using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>Secrets of Azure Key Vault (https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret).</summary>
internal sealed class AzureSource(AzureClient client) : ISecretSource, IDisposable
{
    public string Scheme => "azure-keyvault";

    public async Task<Result<Secret>> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var place = (AzureSecret)reference;
        var doing = $"read {place.Name} in vault {place.Vault}";
        var path = $"/secrets/{place.Name}/{place.Version}".TrimEnd('/') + AzureClient.Version;
        var read = await client.CallAsync(
            place.Vault,
            OutboundRequest.Get(path, doing),
            AzureJson.Default.AzureSecretAnswer,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem;
        return read.Value.Value?.Trim() is { Length: > 0 } text
            ? new Secret(text)
            : Problem.NotFound($"{AzureOptions.Subject}: cannot {doing}: it is empty; set a value");
    }

    public void Dispose() => client.Dispose();
}
