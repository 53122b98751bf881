using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks;

/// <summary>What goes wrong with requests of one method whose path matches a regular expression (unanchored).</summary>
public sealed record Fault(string Method, string PathPattern, FaultKind Kind)
{
    /// <summary>How many requests it hits.</summary>
    public int Times { get; init; } = 1;

    /// <summary>How many matching requests go well first.</summary>
    public int Skip { get; init; }

    public int Status { get; init; }
    public string Body { get; init; } = "";
    public string ContentType { get; init; } = "application/json";
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Changes the true answer's JSON.</summary>
    public Action<JsonObject>? Change { get; init; }

    /// <summary>Whether requests with a running task's token are hit too.</summary>
    public bool HitsJobs { get; init; }

    public static Fault Answer(string method, string pathPattern, int status, string body) =>
        new(method, pathPattern, FaultKind.Answer) { Status = status, Body = body };

    /// <summary>A refusal in Databricks' own form.</summary>
    public static Fault Error(string method, string pathPattern, int status, string errorCode, string message) =>
        Answer(
            method,
            pathPattern,
            status,
            new JsonObject { ["error_code"] = errorCode, ["message"] = message }.ToJsonString()
        );

    public static Fault TooMany(string method, string pathPattern, string? retryAfter = null) =>
        Error(method, pathPattern, 429, "REQUEST_LIMIT_EXCEEDED", "Too many requests.") with
        {
            Headers = retryAfter is null ? new() : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
        };

    public static Fault Unavailable(string method, string pathPattern) =>
        Error(method, pathPattern, 503, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable.");

    public static Fault Html(string method, string pathPattern, int status = 502) =>
        Answer(method, pathPattern, status, "<html><body><h1>Bad Gateway</h1></body></html>") with
        {
            ContentType = "text/html",
        };

    public static Fault Redirect(string method, string pathPattern, string location, int status = 307) =>
        Answer(method, pathPattern, status, "") with
        {
            Headers = new Dictionary<string, string> { ["Location"] = location },
        };

    /// <summary>200 and a JSON text that never ends.</summary>
    public static Fault EndlessBody(string method, string pathPattern) =>
        new(method, pathPattern, FaultKind.EndlessBody) { Status = 200 };

    /// <summary>No answer until the client gives up.</summary>
    public static Fault Silence(string method, string pathPattern) => new(method, pathPattern, FaultKind.Silence);

    /// <summary>The connection breaks and nothing happened.</summary>
    public static Fault AbortBefore(string method, string pathPattern) =>
        new(method, pathPattern, FaultKind.AbortBefore);

    /// <summary>It happened, but the answer is lost.</summary>
    public static Fault AbortAfter(string method, string pathPattern) => new(method, pathPattern, FaultKind.AbortAfter);

    /// <summary>It happened, and the answer is changed on its way.</summary>
    public static Fault Forge(string method, string pathPattern, Action<JsonObject> change) =>
        new(method, pathPattern, FaultKind.Forge) { Change = change };
}

public enum FaultKind
{
    Answer,
    EndlessBody,
    Silence,
    AbortBefore,
    AbortAfter,
    Forge,
}
