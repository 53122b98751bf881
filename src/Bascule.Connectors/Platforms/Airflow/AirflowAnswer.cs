using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What an answer of Airflow means.</summary>
internal static class AirflowAnswer
{
    /// <summary>A success that is not JSON comes from something in between, a proxy or a login page: asking again may help.</summary>
    public static Result<T> Read<T>(OutboundAnswer answer, JsonTypeInfo<T> type, Secret authorization)
    {
        if (Refusal(answer, authorization) is { } problem)
            return problem;
        if (!answer.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            return Problem.Unavailable(
                $"{answer.Failing}: the answer is '{StatusProblem.Clean(answer.MediaType)}' and not JSON; "
                    + "check that the url is Airflow's own address and that no proxy answers for it"
            );
        return answer.Read(type);
    }

    /// <summary>Null for a success. A server that repeats our credential does not get it into our messages.</summary>
    public static Problem? Refusal(OutboundAnswer answer, Secret authorization)
    {
        if (answer.IsSuccess)
            return null;
        var refused = answer.AsProblem(Words(answer, authorization))!;
        // A token that is not what it should be is answered like a missing right.
        return answer.Status == 403 && refused.Message.Contains("Invalid JWT token", StringComparison.Ordinal)
            ? refused with
            {
                Code = ProblemCode.Unauthenticated,
                Message =
                    $"{answer.Failing}: Airflow does not take the token (403: Invalid JWT token); its [api_auth] section must name Bascule's key set as "
                    + "trusted_jwks_url, Bascule's public address as jwt_issuer, the connection's audience in jwt_audience and RS256 as jwt_algorithm, "
                    + "and the auth manager must know the token's subject",
            }
            : refused;
    }

    private static string? Words(OutboundAnswer answer, Secret authorization)
    {
        var read = JsonReading.Read(answer.Body, AirflowJson.Default.RefusalAnswer);
        if (read.Problem is not null)
            return null;
        var detail = read.Value.Detail;
        var said = detail.ValueKind switch
        {
            JsonValueKind.String => detail.GetString(),
            JsonValueKind.Undefined or JsonValueKind.Null => read.Value.Title,
            _ => detail.GetRawText(),
        };
        var credential = authorization.Reveal();
        return said?.Replace(
            credential[(credential.IndexOf(' ', StringComparison.Ordinal) + 1)..],
            "***",
            StringComparison.Ordinal
        );
    }
}
