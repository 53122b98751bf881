using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>One call as the workspace received it.</summary>
internal sealed record Received(string Method, string Path, string Query, string Authorization, string Body)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();
}

/// <summary>
/// A workspace in memory whose single answers a test may replace: for answers that a working server does not give. What a working one does is
/// tested on the simulator.
/// </summary>
internal sealed class FakeWorkspace : HttpMessageHandler
{
    public const string Canary = "canary-access";
    private int _tokens;

    public ConcurrentQueue<Received> Calls { get; } = [];
    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    /// <summary>Milliseconds since 1970 of all files.</summary>
    public long ModifiedAt { get; set; }

    /// <summary>Answers instead of the workspace; null leaves it to the workspace.</summary>
    public Func<Received, HttpResponseMessage?> Instead { get; set; } = _ => null;

    public IEnumerable<Received> To(string end) =>
        Calls.Where(call => call.Path.EndsWith(end, StringComparison.Ordinal));

    public IEnumerable<string> Imported => To("/import").Select(call => call.Json["path"]!.GetValue<string>());

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Refuse(int status, string code, string message, int? retryAfter = null)
    {
        var answer = Json(
            new JsonObject { ["error_code"] = code, ["message"] = message }.ToJsonString(),
            (HttpStatusCode)status
        );
        if (retryAfter is { } seconds)
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var call = new Received(
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            Uri.UnescapeDataString(request.RequestUri.Query),
            request.Headers.TryGetValues("Authorization", out var values) ? string.Join(",", values) : "",
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)
        );
        Calls.Enqueue(call);
        return Instead(call) ?? Answer(call);
    }

    private HttpResponseMessage Answer(Received call) =>
        call.Path switch
        {
            "/oidc/v1/token" => Json(
                $$"""{"access_token":"{{Canary}}-{{Interlocked.Increment(ref _tokens)}}","token_type":"Bearer","expires_in":900,"scope":"all-apis"}"""
            ),
            "/api/2.0/workspace/import" => Import(call.Json),
            "/api/2.0/workspace/mkdirs" => Json("{}"),
            "/api/2.0/workspace/delete" => Delete(call.Json["path"]!.GetValue<string>()),
            "/api/2.0/workspace/list" => List(PathOf(call)),
            "/api/2.0/workspace/export" => Export(PathOf(call)),
            "/api/2.2/jobs/runs/submit" or "/api/2.2/jobs/run-now" => Json("""{"run_id":42}"""),
            "/api/2.2/jobs/runs/list" => Json("{}"),
            "/api/2.2/jobs/runs/get" => Json(
                """{"run_id":42,"run_page_url":"https://dbx.example/jobs/1/runs/42","start_time":1795176000000,"status":{"state":"RUNNING"},"tasks":[{"task_key":"main","run_id":43}]}"""
            ),
            "/api/2.2/jobs/runs/cancel" => Json("{}"),
            _ => Refuse(404, "ENDPOINT_NOT_FOUND", $"No API found for '{call.Path}'"),
        };

    private HttpResponseMessage Import(JsonObject body)
    {
        Files[body["path"]!.GetValue<string>()] = Convert.FromBase64String(body["content"]!.GetValue<string>());
        return Json("{}");
    }

    private HttpResponseMessage Delete(string path)
    {
        foreach (
            var file in Files.Keys.Where(file => file == path || file.StartsWith(path + "/", StringComparison.Ordinal))
        )
            Files.TryRemove(file, out _);
        return Json("{}");
    }

    private HttpResponseMessage Export(string path) =>
        Files.TryGetValue(path, out var bytes)
            ? Json(new JsonObject { ["content"] = Convert.ToBase64String(bytes) }.ToJsonString())
            : Refuse(404, "RESOURCE_DOES_NOT_EXIST", $"Path ({path}) doesn't exist.");

    private HttpResponseMessage List(string folder)
    {
        var below = Files.Keys.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal)).ToList();
        if (below.Count == 0)
            return Refuse(404, "RESOURCE_DOES_NOT_EXIST", $"Path ({folder}) doesn't exist.");
        var names = below.Select(file => file[(folder.Length + 1)..].Split('/')[0]).Distinct();
        return Json(
            new JsonObject
            {
                ["objects"] = new JsonArray([.. names.Select(name => (JsonNode?)Entry($"{folder}/{name}"))]),
            }.ToJsonString()
        );
    }

    private JsonObject Entry(string path) =>
        Files.TryGetValue(path, out var bytes)
            ? new JsonObject
            {
                ["path"] = path,
                ["object_type"] = "FILE",
                ["size"] = bytes.Length,
                ["modified_at"] = ModifiedAt,
            }
            : new JsonObject { ["path"] = path, ["object_type"] = "DIRECTORY" };

    private static string PathOf(Received call) =>
        call.Query.TrimStart('?').Split('&').Single(part => part.StartsWith("path=", StringComparison.Ordinal))[5..];
}
