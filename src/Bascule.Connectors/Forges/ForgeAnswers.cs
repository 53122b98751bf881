using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Forges;

/// <summary>Reads answers with the forge's own words in the refusal: <c>{"message": …}</c> in all of them.</summary>
internal static class ForgeAnswers
{
    public static async Task<Result<T>> CallAsync<T>(
        this OutboundClient http,
        OutboundRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        var sent = await http.SendAsync(request, cancellationToken);
        return sent.Failed(out var problem) ? problem
            : Refusal(sent.Value) is { } refusal ? refusal
            : sent.Value.Read(type);
    }

    /// <summary>For calls whose answer has nothing to read.</summary>
    public static async Task<Result<Done>> CallAsync(
        this OutboundClient http,
        OutboundRequest request,
        CancellationToken cancellationToken
    )
    {
        var sent = await http.SendAsync(request, cancellationToken);
        return sent.Failed(out var problem) ? problem
            : Refusal(sent.Value) is { } refusal ? refusal
            : Result.Done;
    }

    public static Problem? Refusal(OutboundAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var said = JsonReading.Read(answer.Body, ForgeErrorJson.Default.ForgeError);
        return answer.AsProblem(said.Problem is null && said.Value.Message is { Length: > 0 } words ? words : null);
    }
}

internal sealed record ForgeError(string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 32)]
[JsonSerializable(typeof(ForgeError))]
internal sealed partial class ForgeErrorJson : JsonSerializerContext;
