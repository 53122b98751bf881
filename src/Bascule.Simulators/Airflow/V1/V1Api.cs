using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Access;
using Bascule.Simulators.Airflow.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Airflow.V1;

/// <summary>Airflow 2 speaks as connexion does: problems (RFC 7807), and 400 for what is wrong in a body.</summary>
internal sealed class V1Api(IReadOnlyList<AirflowRoute> routes, Users users) : IAirflowApi
{
    private const string Documentation =
        "https://airflow.apache.org/docs/apache-airflow/2.10.0/stable-rest-api-ref.html";

    private static readonly Dictionary<int, (string Title, string Type)> Known = new()
    {
        [400] = ("Bad Request", "#section/Errors/BadRequest"),
        [401] = ("Unauthorized", "#section/Errors/Unauthenticated"),
        [403] = ("Forbidden", "#section/Errors/PermissionDenied"),
        [404] = ("Not Found", "#section/Errors/NotFound"),
        [405] = ("Method Not Allowed", "#section/Errors/MethodNotAllowed"),
        [409] = ("Conflict", "#section/Errors/AlreadyExists"),
    };

    public string Base => "/api/v1";

    public IReadOnlyList<AirflowRoute> Routes => routes;

    public AirflowReply Refuse(int status, string words) => Problem(status, words);

    public AirflowReply Refuse(BodyFault fault) =>
        fault.Kind switch
        {
            BodyFaultKind.NotJson => Problem(400, "Request body is not valid JSON"),
            BodyFaultKind.NotAMap => Problem(400, $"{QueryCheck.Shown(fault.Input)} is not of type 'object'"),
            BodyFaultKind.Unknown => Problem(400, $"{{'{fault.Field}': ['Unknown field.']}}"),
            BodyFaultKind.Missing => Problem(400, $"{{'{fault.Field}': ['Missing data for required field.']}}"),
            _ => Problem(400, $"{QueryCheck.Shown(fault.Input)} is not valid - '{fault.Field}': {fault.Words}"),
        };

    public AirflowReply RefuseContentType(string? given, string body) =>
        Problem(415, $"Invalid Content-type ({given}), expected JSON data");

    public AirflowReply RefuseQuery(string name, string value, string words) =>
        Problem(400, $"Wrong type, expected 'integer' for query parameter '{name}'");

    public Task<(AirflowUser? User, AirflowReply? Refusal)> AuthenticateAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (name, password) = Basic(request.Headers.Authorization.ToString());
        var user = users.Find(name, password);
        var refusal = Problem(401, null) with { Headers = new() { ["WWW-Authenticate"] = "Basic" } };
        return Task.FromResult((user, user is null ? refusal : null));
    }

    public AirflowReply? Beside(HttpRequest request, string body) => null;

    internal static AirflowReply Problem(int status, string? words)
    {
        var (title, type) = Known.GetValueOrDefault(status, (words ?? "Error", ""));
        var json = new JsonObject
        {
            ["status"] = status,
            ["title"] = title,
            ["type"] = type.Length > 0 ? Documentation + type : "about:blank",
        };
        if (words is not null)
            json["detail"] = words;
        return new AirflowReply(status, "application/problem+json", json.ToJsonString());
    }

    private static (string? Name, string? Password) Basic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return default;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length))
            return default;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 ? (pair[0], pair[1]) : default;
    }
}
