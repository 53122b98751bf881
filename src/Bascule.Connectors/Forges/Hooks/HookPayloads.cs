using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>What push, create and delete have in common in Gogs and its descendants. Every field may be absent: the reader says which one it misses.</summary>
internal sealed record RefPayload
{
    public string? Ref { get; init; }
    public string? RefType { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    public string? Sha { get; init; }

    /// <summary>Never used (forges cut the list to five, THREATS T18), but it must be what a forge sends.</summary>
    public JsonElement Commits { get; init; }
    public HookRepository? Repository { get; init; }
    public HookAccount? Pusher { get; init; }
    public HookAccount? Sender { get; init; }
}

internal sealed record HookRepository
{
    public long? Id { get; init; }
}

internal sealed record HookAccount
{
    public long? Id { get; init; }
    public string? Login { get; init; }
    public string? Username { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    MaxDepth = 32
)]
[JsonSerializable(typeof(RefPayload))]
internal sealed partial class HookJson : JsonSerializerContext;
