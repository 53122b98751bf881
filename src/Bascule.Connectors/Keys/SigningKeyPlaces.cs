using Bascule.Connectors.Keys.Pkcs11;
using Bascule.Connectors.Secrets;
using Bascule.Core.Identity;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Keys;

/// <summary>Where keys that sign may be kept, other than in the database.</summary>
public static class SigningKeyPlaces
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with naming such a key; null when nothing is.</summary>
    public static SecretFault? Fault(SecretsOptions options, KeyName key) =>
        key.Scheme == KeyName.AzureKey ? options.Fault("azure-keyvault", opensStorage: false) : null;

    public static IProvenanceKeyPlace OpenToken(Pkcs11Options options, KeyName? named, TimeProvider time) =>
        new Pkcs11Keys(
            new Pkcs11Token(options),
            named?.Scheme == KeyName.Pkcs11 ? named : null,
            new Pkcs11Thread(Patience, time)
        );

    /// <summary>Null when the settings name no way to log in to Azure.</summary>
    public static IProvenanceKeyPlace? OpenVault(
        SecretsOptions options,
        KeyName? named,
        Func<string, IRunIdentity> identity,
        TimeProvider time,
        Action<string> detail
    ) =>
        options.Azure is { } azure
            ? new AzureKeys(
                AzureClient.Open(azure, azure.NeedsIssuer ? identity("azure") : null, time, detail),
                named?.Scheme == KeyName.AzureKey ? named : null
            )
            : null;
}
