using Bascule.Core;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>Keys elsewhere that can wrap Bascule's own.</summary>
public static class KeyWraps
{
    public const string Transit = "vault-transit";
    public const string AzureKey = "azure-key";

    /// <summary>Null when there is nothing wrong with using this key at start, before the database is open.</summary>
    public static SecretFault? Fault(SecretsOptions options, WrappingKey key) =>
        options.Fault(key.Scheme == Transit ? "vault" : "azure-keyvault", opensStorage: true);

    public static IKeyWrap Open(SecretsOptions options, WrappingKey key, TimeProvider time, Action<string>? detail) =>
        key.Scheme == Transit
            ? new VaultTransit(VaultClient.Open(options.Vault!, identity: null, time, detail), key.Place, key.Name)
            : new AzureKeyWrap(AzureClient.Open(options.Azure!, identity: null, time, detail), key.Place, key.Name);
}
