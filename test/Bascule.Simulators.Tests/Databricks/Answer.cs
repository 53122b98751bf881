using System.Net;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>A reply that was read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string? ErrorCode => Json["error_code"]?.GetValue<string>();

    public string Message => Json["message"]?.GetValue<string>() ?? "";

    public static async Task<Answer> ReadAsync(HttpResponseMessage reply) =>
        new(
            reply.StatusCode,
            await reply.Content.ReadAsStringAsync(),
            reply.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value))
        );

    public void ShouldBeRefused(HttpStatusCode status, string errorCode, string part)
    {
        (Status, ErrorCode).ShouldBe((status, errorCode), Text);
        Message.ShouldContain(part);
    }
}
