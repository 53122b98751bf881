using System.Text.RegularExpressions;

namespace Bascule.Connectors.Keys;

/// <summary>A key elsewhere that signs: <c>pkcs11:LABEL</c> or <c>pkcs11:LABEL/ID</c>, <c>azure-key:VAULT/NAME</c> or <c>azure-key:VAULT/NAME/VERSION</c>.</summary>
/// <param name="Place">The label in the token, or which vault.</param>
/// <param name="Name">The id in the token, in hexadecimal; or the key's name in the vault.</param>
/// <param name="Version">Of a key in a vault.</param>
public sealed partial record KeyName(string Scheme, string Place, string? Name, string? Version)
{
    public const string Pkcs11 = "pkcs11";
    public const string AzureKey = "azure-key";

    /// <summary>The id in the token; null when only its label is named.</summary>
    public byte[]? IdBytes => Name is null ? null : Convert.FromHexString(Name);

    public static KeyName? Parse(string text)
    {
        if (Token().Match(text) is { Success: true } token)
            return new KeyName(Pkcs11, token.Groups["label"].Value, Or(token.Groups["id"]), Version: null);
        return Vault().Match(text) is { Success: true } vault
            ? new KeyName(
                AzureKey,
                vault.Groups["vault"].Value,
                vault.Groups["name"].Value,
                Or(vault.Groups["version"])
            )
            : null;
    }

    private static string? Or(Group group) => group.Success ? group.Value : null;

    [GeneratedRegex(
        @"\Apkcs11:(?<label>[A-Za-z0-9 ._-]{1,127})(/(?<id>([0-9a-fA-F]{2}){1,64}))?\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Token();

    [GeneratedRegex(
        @"\Aazure-key:(?<vault>[A-Za-z0-9-]{1,127})/(?<name>[A-Za-z0-9-]{1,127})(/(?<version>[0-9a-f]{32}))?\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Vault();
}
