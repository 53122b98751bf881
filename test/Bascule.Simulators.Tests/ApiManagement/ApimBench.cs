using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Tests.Airflow;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>A simulator of its own for one test; at the end, everything that was said is compared with the official description.</summary>
public sealed class ApimBench : IAsyncDisposable
{
    public const string Version = "api-version=2024-05-01";

    private ApimBench() { }

    public LoopbackAuthority Authority { get; } = new();
    public BenchClock Clock { get; } = new();
    public ApimSimulator Simulator { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;
    public string? Token { get; set; }

    public static async Task<ApimBench> StartAsync(Func<ApimSimulatorOptions, ApimSimulatorOptions>? configure = null)
    {
        var bench = new ApimBench();
        var options = new ApimSimulatorOptions { Authority = bench.Authority, TimeProvider = bench.Clock };
        bench.Simulator = await ApimSimulator.StartAsync(configure?.Invoke(options) ?? options);
        bench.Client = bench.NewClient();
        bench.Token = bench.Simulator.Directory.Issue(bench.Simulator.Application);
        return bench;
    }

    public Task<ApimAnswer> GetAsync(string path, string query = "") => SendAsync("GET", path, query: query);

    public Task<ApimAnswer> HeadAsync(string path) => SendAsync("HEAD", path);

    /// <summary>To its end, when it takes long.</summary>
    public async Task<ApimAnswer> PutAsync(string path, object properties, string? ifMatch = null) =>
        await EndAsync(await SendAsync("PUT", path, new { properties }, ifMatch));

    public async Task<ApimAnswer> PatchAsync(string path, object properties, string? ifMatch = "*") =>
        await EndAsync(await SendAsync("PATCH", path, new { properties }, ifMatch));

    public async Task<ApimAnswer> DeleteAsync(string path, string? ifMatch = "*", string query = "") =>
        await EndAsync(await SendAsync("DELETE", path, null, ifMatch, query));

    public Task<ApimAnswer> PolicyAsync(string path, string inner, string? ifMatch = null) =>
        PutAsync(
            path.Length == 0 ? "policies/policy" : $"{path}/policies/policy",
            new { format = "rawxml", value = Policy(inner) },
            ifMatch
        );

    public static string Policy(string inner) => $"<policies><inbound><base />{inner}</inbound></policies>";

    /// <summary>An API with the operations <c>list-pets</c> and <c>get-pet</c>.</summary>
    public async Task<ApimAnswer> ImportAsync(string api = "petstore", string? document = null)
    {
        var answer = await PutAsync(
            $"apis/{api}",
            new
            {
                displayName = api,
                path = api.Split(';')[0],
                format = "openapi",
                value = document ?? PetStore.Yaml,
            }
        );
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    /// <param name="path">Below the service; from its slash on when it begins with one.</param>
    public async Task<ApimAnswer> SendAsync(
        string method,
        string path,
        object? body = null,
        string? ifMatch = null,
        string query = "",
        string? version = Version
    )
    {
        var service = path.StartsWith('/') ? path : $"{Simulator.ServicePath}{(path.Length == 0 ? "" : "/" + path)}";
        return await SendAsync(
            method,
            new Uri(Simulator.ResourceManagerUrl, $"{service}?{version}{query}"),
            body,
            ifMatch
        );
    }

    public async Task<ApimAnswer> SendAsync(string method, Uri address, object? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (Token is not null)
            request.Headers.Authorization = new("Bearer", Token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new StringContent(
                body as string ?? JsonSerializer.Serialize(body),
                Encoding.UTF8,
                "application/json"
            );
        using var reply = await Client.SendAsync(request);
        var headers = reply.Headers.ToDictionary(
            header => header.Key,
            header => string.Join(',', header.Value),
            StringComparer.OrdinalIgnoreCase
        );
        return new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), headers);
    }

    /// <summary>Asks where the answer says until it is done.</summary>
    public async Task<ApimAnswer> EndAsync(ApimAnswer answer)
    {
        if (answer.Headers.GetValueOrDefault("Location") is not { } location)
            return answer;
        do answer = await SendAsync("GET", new Uri(location));
        while (answer.Status == 202);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        Authority.Dispose();
        ArmDescriptions.ApiManagement.Faults(Simulator.Exchanges).ShouldBeEmpty();
    }

    private HttpClient NewClient()
    {
        return new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                SslOptions = LoopbackAuthority.Trusting(Authority.CaPem),
            }
        );
    }
}

public sealed record ApimAnswer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public JsonObject Properties => Json["properties"]!.AsObject();

    public string? Property(string name) => (string?)Properties[name];

    public string ETag => Headers["ETag"];

    public string Code => (string)Json["error"]!["code"]!;

    public string Message => (string)Json["error"]!["message"]!;

    /// <summary>Of the first detail.</summary>
    public string Target => (string)Json["error"]!["details"]![0]!["target"]!;

    /// <summary>Of the first detail.</summary>
    public string Detail => (string)Json["error"]!["details"]![0]!["message"]!;

    /// <summary>Of a list.</summary>
    public IEnumerable<string> Names => Json["value"]!.AsArray().Select(item => (string)item!["name"]!);
}
