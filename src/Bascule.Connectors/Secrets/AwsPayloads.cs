using System.Text.Json.Serialization;

namespace Bascule.Connectors.Secrets;

internal sealed record AwsSecretQuestion(string SecretId);

/// <param name="SecretString">Null for a secret that was stored as bytes.</param>
internal sealed record AwsSecretAnswer(string? SecretString);

internal sealed record AwsRefusal
{
    [JsonPropertyName("__type")]
    public string? Type { get; init; }

    public string? Message { get; init; }

    /// <summary>Some services write it small.</summary>
    [JsonPropertyName("message")]
    public string? Words { get; init; }
}

internal sealed record AwsInstanceAnswer(
    string? Code,
    string? AccessKeyId,
    string? SecretAccessKey,
    string? Token,
    DateTimeOffset? Expiration
);

[JsonSerializable(typeof(AwsSecretQuestion))]
[JsonSerializable(typeof(AwsSecretAnswer))]
[JsonSerializable(typeof(AwsRefusal))]
[JsonSerializable(typeof(AwsInstanceAnswer))]
internal sealed partial class AwsJson : JsonSerializerContext;
