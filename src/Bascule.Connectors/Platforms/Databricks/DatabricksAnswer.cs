using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What an answer of the workspace means.</summary>
internal static class DatabricksAnswer
{
    private static readonly string[] Throttled =
    [
        "REQUEST_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "QUOTA_EXCEEDED", // jobs submitted per hour: a 400, not a 429
    ];

    private static readonly TimeSpan QuotaWait = TimeSpan.FromMinutes(5);

    /// <summary>A success that is not JSON comes from something in between, a proxy or a maintenance page: asking again may help.</summary>
    public static Result<T> Read<T>(OutboundAnswer answer, JsonTypeInfo<T> type, Secret? token = null)
    {
        if (!answer.IsSuccess)
            return Refusal(answer, token);
        if (!answer.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            return Problem.Unavailable(
                $"{answer.Failing}: the answer is '{StatusProblem.Clean(answer.MediaType)}' and not JSON; "
                    + "check that the url is the workspace's own address and that no proxy answers for it"
            );
        return answer.Read(type);
    }

    private static Problem Refusal(OutboundAnswer answer, Secret? token)
    {
        var (code, message) = Words(answer.Body);
        var said = $"{code} {Without(message, token)}".Trim();
        var problem = answer.AsProblem(said.Length == 0 ? null : Without(said, token))!;
        if (answer.Status == 401)
            return Problem.Unauthenticated(
                $"{answer.Failing}: the workspace refuses a token that it has just given (401){(said.Length == 0 ? "" : $": {StatusProblem.Clean(Without(said, token))}")}; "
                    + "check that the service principal is still in the workspace"
            );
        if (answer.Status != 400)
            return problem;
        return code switch
        {
            "RESOURCE_DOES_NOT_EXIST" => problem with { Code = ProblemCode.NotFound },
            "RESOURCE_ALREADY_EXISTS" => problem with { Code = ProblemCode.Conflict },
            _ when Throttled.Contains(code) => problem with
            {
                Code = ProblemCode.Limited,
                RetryAfter = answer.RetryAfter ?? QuotaWait,
            },
            // Jobs says 400 where others say 404 (databricks-sdk-go maps it by the same sentence).
            "INVALID_PARAMETER_VALUE" when IsMissing(message) => problem with { Code = ProblemCode.NotFound },
            _ => problem,
        };
    }

    /// <summary>Old endpoints write the code as a number or call it <c>error</c>; SCIM says <c>detail</c>.</summary>
    private static (string Code, string Message) Words(ReadOnlyMemory<byte> body)
    {
        var read = JsonReading.Read(body, DatabricksJson.Default.JsonElement);
        return read.Problem is null && read.Value.ValueKind == JsonValueKind.Object
            ? (Text(read.Value, "error_code"), Text(read.Value, "message", "error", "detail"))
            : ("", "");
    }

    private static string Text(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (json.TryGetProperty(name, out var value))
                return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString();
        return "";
    }

    private static string Without(string text, Secret? token) =>
        token is null ? text : text.Replace(token.Reveal(), "***", StringComparison.Ordinal);

    private static bool IsMissing(string message) =>
        (message.StartsWith("Run", StringComparison.Ordinal) || message.StartsWith("Job", StringComparison.Ordinal))
        && (
            message.Contains("does not exist", StringComparison.Ordinal)
            || message.Contains("doesn't exist", StringComparison.Ordinal)
        );
}
