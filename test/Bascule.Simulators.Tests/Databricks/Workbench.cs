using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>A simulator of its own for one test, and a client that trusts its authority.</summary>
public sealed class Workbench : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dbx-sim");

    private Workbench(LoopbackAuthority authority) => Authority = authority;

    public LoopbackAuthority Authority { get; }
    public string DataDirectory => _directory.FullName;
    public DatabricksSimulator Simulator { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;

    public static async Task<Workbench> StartAsync(
        Func<DatabricksSimulatorOptions, DatabricksSimulatorOptions>? configure = null
    )
    {
        var bench = new Workbench(new LoopbackAuthority());
        var options = new DatabricksSimulatorOptions
        {
            Authority = bench.Authority,
            DataDirectory = bench._directory.FullName,
            TrustedCaPem = bench.Authority.CaPem,
            PendingFor = TimeSpan.FromMilliseconds(1),
        };
        bench.Simulator = await DatabricksSimulator.StartAsync(configure?.Invoke(options) ?? options);
        bench.Client = bench.ClientWith(bench.Simulator.CreateToken());
        return bench;
    }

    public HttpClient ClientWith(string? token)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = LoopbackAuthority.Trusting(Authority.CaPem),
        };
        var client = new HttpClient(handler) { BaseAddress = Simulator.Url };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public Task<Answer> PostAsync(string path, object body) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body));

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var reply = await Client.SendAsync(request);
        return await Answer.ReadAsync(reply);
    }

    public async Task<Answer> ImportAsync(string path, string text, bool overwrite = false) =>
        await PostAsync(
            "/api/2.0/workspace/import",
            new
            {
                path,
                format = "AUTO",
                overwrite,
                content = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
            }
        );

    /// <summary>Imports a script under /Shared and submits it as a serverless task.</summary>
    public async Task<long> SubmitAsync(string script, object? more = null, params string[] parameters)
    {
        (await ImportAsync("/Shared/train.py", script, overwrite: true)).Status.ShouldBe(HttpStatusCode.OK);
        var body = Submission.Python("/Workspace/Shared/train.py", parameters);
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
            body[name] = value?.DeepClone();
        var answer = await PostAsync("/api/2.2/jobs/runs/submit", body);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["run_id"]!.GetValue<long>();
    }

    /// <summary>The run as <c>runs/get</c> shows it once its life cycle is one of these.</summary>
    public async Task<JsonObject> WaitAsync(long runId, params string[] lifeCycles)
    {
        string[] wanted = lifeCycles.Length > 0 ? lifeCycles : ["TERMINATED", "INTERNAL_ERROR"];
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (DateTime.UtcNow < deadline)
        {
            var run = (await GetAsync($"/api/2.2/jobs/runs/get?run_id={runId}")).Json;
            if (wanted.Contains(run["state"]!["life_cycle_state"]!.GetValue<string>()))
                return run;
            await Task.Delay(20);
        }
        throw new TimeoutException($"Run {runId} did not reach {string.Join(" or ", wanted)}.");
    }

    public async Task<JsonObject> OutputAsync(JsonObject run) =>
        (await GetAsync($"/api/2.2/jobs/runs/get-output?run_id={run["tasks"]![0]!["run_id"]}")).Json;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        Authority.Dispose();
        _directory.Delete(recursive: true);
    }
}
