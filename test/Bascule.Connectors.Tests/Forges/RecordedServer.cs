using System.Net;
using System.Text;
using System.Text.Json;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>Answers as a real forge answered, and fails on a call that was not recorded: wrong path, method, credential form or body field.</summary>
internal sealed class RecordedServer(string forge, params string[] recordings) : HttpMessageHandler
{
    public const string Token = "891ba5cb079690ffa9a9a439e239fd2f28dbbb44";

    private readonly List<(string Name, JsonElement Call)> _calls =
    [
        .. recordings.Select(name => (name, Load(forge, name))),
    ];

    public List<string> Answered { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.AbsolutePath;
        var (name, call) = _calls.Find(entry => Matches(entry.Call, request.Method.Method, path));
        if (name is null)
            throw new InvalidOperationException($"{request.Method} {path} was not recorded for this test");
        request.Headers.NonValidated["Authorization"].ToString().ShouldBe($"token {Token}");
        if (call.GetProperty("response").GetProperty("status").GetInt32() < 300)
            await CheckBodyAsync(call.GetProperty("request").GetProperty("body"), request, cancellationToken);
        Answered.Add(name);
        return Answer(call.GetProperty("response"));
    }

    private static bool Matches(JsonElement call, string method, string path) =>
        call.GetProperty("request").GetProperty("method").GetString() == method
        && call.GetProperty("request").GetProperty("path").GetString()!.Split('?')[0] == path;

    /// <summary>Every field that we send is one that the server was seen to take.</summary>
    private static async Task CheckBodyAsync(
        JsonElement recorded,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (request.Content is null)
            return;
        using var sent = JsonDocument.Parse(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        CheckFields(recorded, sent.RootElement);
    }

    private static void CheckFields(JsonElement recorded, JsonElement sent)
    {
        sent.ValueKind.ShouldBe(recorded.ValueKind);
        if (sent.ValueKind == JsonValueKind.Object)
            foreach (var field in sent.EnumerateObject())
                CheckFields(recorded.GetProperty(field.Name), field.Value);
        if (sent.ValueKind == JsonValueKind.Array)
            sent.EnumerateArray()
                .ShouldAllBe(item => recorded.EnumerateArray().Any(known => known.ToString() == item.ToString()));
    }

    private static HttpResponseMessage Answer(JsonElement response)
    {
        var body = response.TryGetProperty("body_json", out var json)
            ? json.GetRawText()
            : response.GetProperty("body_text").GetString()!;
        var answer = new HttpResponseMessage((HttpStatusCode)response.GetProperty("status").GetInt32())
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        foreach (var header in response.GetProperty("headers").EnumerateObject().Where(IsUseful))
            if (!answer.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()))
                answer.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        return answer;
    }

    /// <summary>Length and framing are the transport's.</summary>
    private static bool IsUseful(JsonProperty header) =>
        header.Name is not ("Content-Length" or "Transfer-Encoding" or "Connection");

    private static JsonElement Load(string forge, string name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Forges", forge, "Recorded", "api", name + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
