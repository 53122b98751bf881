using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Bascule.Connectors.ResourceManager;

internal sealed record ArmPage(IReadOnlyList<JsonObject>? Value, string? NextLink);

/// <summary>Of an operation that goes on after its answer: <c>InProgress</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Canceled</c>.</summary>
internal sealed record ArmOperation(string? Status, ArmError? Error);

internal sealed record ArmRefusal(ArmError? Error);

internal sealed record ArmError(string? Code, string? Message, IReadOnlyList<ArmError>? Details);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ArmPage))]
[JsonSerializable(typeof(ArmOperation))]
[JsonSerializable(typeof(ArmRefusal))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ArmJson : JsonSerializerContext;
