using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Sealing;

namespace Bascule.Server.Credentials;

/// <summary>Forge credentials as they lie in the database: sealed by the master key, each for its forge alone.</summary>
internal sealed class CredentialSeal(MasterKey key)
{
    private const string Purpose = "forge-credential";

    /// <summary>Enough to tell two apart, and far too little to try tokens against.</summary>
    private const int FingerprintDigits = 12;

    public byte[] Seal(string forgeUid, ForgeSecret secret) =>
        key.Seal(
            PurposeOf(forgeUid),
            JsonSerializer.SerializeToUtf8Bytes(
                new SealedForgeSecret(
                    secret.Token.Reveal(),
                    secret.Account,
                    secret.Password?.Reveal(),
                    secret.TokenId,
                    secret.TokenName
                ),
                SealedForgeSecretJson.Default.SealedForgeSecret
            )
        );

    public ForgeSecret Open(string forgeUid, byte[] sealedSecret)
    {
        var opened = JsonSerializer.Deserialize(
            key.Open(PurposeOf(forgeUid), sealedSecret),
            SealedForgeSecretJson.Default.SealedForgeSecret
        )!;
        return new ForgeSecret(new Secret(opened.Token))
        {
            Account = opened.Account,
            Password = opened.Password is null ? null : new Secret(opened.Password),
            TokenId = opened.TokenId,
            TokenName = opened.TokenName,
        };
    }

    /// <summary>Keyed: whoever reads it, in a list or in the audit log, cannot try secrets against it (THREATS T115).</summary>
    public string Fingerprint(ForgeSecret secret) =>
        key.Mac(
            Purpose,
            JsonSerializer.Serialize(
                [secret.Token.Reveal(), secret.Password?.Reveal() ?? ""],
                SealedForgeSecretJson.Default.StringArray
            )
        )[..FingerprintDigits];

    public static bool Same(ForgeSecret one, ForgeSecret other) =>
        one.Token.Reveal() == other.Token.Reveal() && one.Password?.Reveal() == other.Password?.Reveal();

    private static string PurposeOf(string forgeUid) => $"{Purpose} {forgeUid}";
}

internal sealed record SealedForgeSecret(
    string Token,
    string? Account,
    string? Password,
    long? TokenId,
    string? TokenName
);

[JsonSerializable(typeof(SealedForgeSecret))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class SealedForgeSecretJson : JsonSerializerContext;
