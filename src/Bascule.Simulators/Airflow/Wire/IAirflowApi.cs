using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Airflow.Wire;

/// <summary>What the two generations do each in their own way.</summary>
internal interface IAirflowApi
{
    /// <summary>Before every path, e.g. <c>/api/v2</c>.</summary>
    string Base { get; }

    IReadOnlyList<AirflowRoute> Routes { get; }

    /// <summary>What happens to a body that is not said to be JSON.</summary>
    AirflowReply RefuseContentType(string? given, string body);

    AirflowReply Refuse(BodyFault fault);

    AirflowReply RefuseQuery(string name, string value, string words);

    AirflowReply Refuse(int status, string words);

    /// <summary>Who asks; or what is answered to a stranger.</summary>
    Task<(AirflowUser? User, AirflowReply? Refusal)> AuthenticateAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    );

    /// <summary>Paths beside the API; null when it is none of them.</summary>
    AirflowReply? Beside(HttpRequest request, string body);
}

/// <summary>Numbers and instants that a query may carry.</summary>
internal static class QueryCheck
{
    public static (string Name, string Value, string Words)? Fault(IQueryCollection query, string[] known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
                continue;
            if (name is "limit" or "offset" && !uint.TryParse(values, out _))
                return (
                    name,
                    values.ToString(),
                    "Input should be a valid integer, unable to parse string as an integer"
                );
            if (name is "full_content" or "exclude_stale" && values.ToString() is not ("true" or "false"))
                return (name, values.ToString(), "Input should be a valid boolean, unable to interpret input");
        }
        return null;
    }

    public static string Shown(JsonElement? input) => input?.GetRawText() ?? "";
}
