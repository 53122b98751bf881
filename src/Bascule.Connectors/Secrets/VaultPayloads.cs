using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bascule.Connectors.Secrets;

internal sealed record VaultLoginBody(string Role, string Jwt);

internal sealed record VaultLoginAnswer(VaultAuth? Auth);

/// <param name="LeaseDuration">Seconds; 0 for a token that does not end.</param>
internal sealed record VaultAuth(string? ClientToken, long LeaseDuration);

internal sealed record VaultSecretAnswer(VaultVersion? Data);

/// <param name="Data">Null when this version was deleted.</param>
internal sealed record VaultVersion(Dictionary<string, JsonElement>? Data);

internal sealed record VaultPlain(string Plaintext);

internal sealed record VaultCipher(string Ciphertext);

internal sealed record VaultPlainAnswer(VaultPlain? Data);

internal sealed record VaultCipherAnswer(VaultCipher? Data);

internal sealed record VaultErrors(IReadOnlyList<string>? Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VaultLoginBody))]
[JsonSerializable(typeof(VaultLoginAnswer))]
[JsonSerializable(typeof(VaultSecretAnswer))]
[JsonSerializable(typeof(VaultPlain))]
[JsonSerializable(typeof(VaultCipher))]
[JsonSerializable(typeof(VaultPlainAnswer))]
[JsonSerializable(typeof(VaultCipherAnswer))]
[JsonSerializable(typeof(VaultErrors))]
internal sealed partial class VaultJson : JsonSerializerContext;
