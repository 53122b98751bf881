using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Access;
using Bascule.Simulators.Airflow.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Airflow.V2;

/// <summary>Airflow 3 speaks as FastAPI does: <c>detail</c>, and 422 with the place of what is wrong.</summary>
internal sealed class V2Api(IReadOnlyList<AirflowRoute> routes, Users users, BearerCheck bearer) : IAirflowApi
{
    private static readonly BodyField[] LoginFields =
    [
        new("username", FieldKind.Text),
        new("password", FieldKind.Text),
    ];

    public string Base => "/api/v2";

    public IReadOnlyList<AirflowRoute> Routes => routes;

    public AirflowReply Refuse(int status, string words) => Detail(status, words);

    public AirflowReply Refuse(BodyFault fault) =>
        fault.Kind switch
        {
            BodyFaultKind.NotJson => Unprocessable("json_invalid", ["body", 0], "JSON decode error", new JsonObject()),
            BodyFaultKind.NotAMap => Unprocessable("model_attributes_type", ["body"], fault.Words, Input(fault)),
            BodyFaultKind.Unknown => Unprocessable(
                "extra_forbidden",
                ["body", fault.Field!],
                fault.Words,
                Input(fault)
            ),
            BodyFaultKind.Missing => Unprocessable("missing", ["body", fault.Field!], fault.Words, Input(fault)),
            _ => Unprocessable("type_error", ["body", fault.Field!], fault.Words, Input(fault)),
        };

    // FastAPI reads a body of another type as plain bytes, which no model takes.
    public AirflowReply RefuseContentType(string? given, string body) =>
        body.Length == 0
            ? Unprocessable("missing", ["body"], "Field required", null)
            : Unprocessable(
                "model_attributes_type",
                ["body"],
                "Input should be a valid dictionary or object to extract fields from",
                body
            );

    public AirflowReply RefuseQuery(string name, string value, string words) =>
        Unprocessable("int_parsing", ["query", name], words, value);

    public async Task<(AirflowUser? User, AirflowReply? Refusal)> AuthenticateAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return (
                null,
                Detail(401, "Not authenticated") with
                {
                    Headers = new() { ["WWW-Authenticate"] = "Bearer" },
                }
            );
        var verdict = await bearer.JudgeAsync(header["Bearer ".Length..].Trim(), cancellationToken);
        return verdict switch
        {
            { User: { } user } => (user, null),
            { HasEnded: true } => (null, Detail(401, "Token Expired")),
            { Breaks: true } => (null, new AirflowReply(500, "text/plain", "Internal Server Error")),
            _ => (null, Detail(403, "Invalid JWT token")),
        };
    }

    public AirflowReply? Beside(HttpRequest request, string body)
    {
        if (request.Path != "/auth/token")
            return null;
        if (request.Method != HttpMethods.Post)
            return Detail(405, "Method Not Allowed");
        if (request.ContentType?.Split(';')[0].Trim() != "application/json")
            return RefuseContentType(request.ContentType, body);
        if (BodyCheck.Read(body, LoginFields, ["username", "password"], out var login) is { } fault)
            return Refuse(fault);
        return users.Find(Text(login, "username"), Text(login, "password")) is { } user
            ? AirflowReply.Json(201, new JsonObject { ["access_token"] = users.Issue(user) })
            : Detail(401, "Invalid credentials");
    }

    internal static AirflowReply Detail(int status, JsonNode words) =>
        AirflowReply.Json(status, new JsonObject { ["detail"] = words });

    private static AirflowReply Unprocessable(string type, JsonArray place, string words, JsonNode? input) =>
        Detail(
            422,
            new JsonArray(
                new JsonObject
                {
                    ["type"] = type,
                    ["loc"] = place,
                    ["msg"] = words,
                    ["input"] = input,
                }
            )
        );

    private static JsonNode? Input(BodyFault fault) =>
        fault.Input is { } input ? JsonNode.Parse(input.GetRawText()) : null;

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
