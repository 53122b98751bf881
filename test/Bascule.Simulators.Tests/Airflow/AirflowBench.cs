using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>A simulator of its own for one test; at the end, everything that was said is compared with the official description.</summary>
public sealed class AirflowBench : IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("airflow-sim");
    private readonly AirflowGeneration _generation;

    private AirflowBench(AirflowGeneration generation) => _generation = generation;

    public LoopbackAuthority Authority { get; } = new();
    public DagRepository Repository { get; } = new();
    public BenchClock Clock { get; } = new();
    public AirflowSimulator Simulator { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;
    public string Base => _generation == AirflowGeneration.Three ? "/api/v2" : "/api/v1";

    /// <summary>Knows a viewer and a user, and the client is the user.</summary>
    public static async Task<AirflowBench> StartAsync(
        AirflowGeneration generation,
        Func<AirflowSimulatorOptions, AirflowSimulatorOptions>? configure = null
    )
    {
        var bench = new AirflowBench(generation);
        var options = new AirflowSimulatorOptions
        {
            Authority = bench.Authority,
            DataDirectory = bench._data.FullName,
            Generation = generation,
            Repository = bench.Repository.Path,
            TimeProvider = bench.Clock,
        };
        bench.Simulator = await AirflowSimulator.StartAsync(configure?.Invoke(options) ?? options);
        bench.Client = bench.NewClient();
        bench.Simulator.AddUser(new AirflowUser("viewer", AirflowRole.Viewer) { Password = "v" });
        bench.Simulator.AddUser(new AirflowUser("bridge", AirflowRole.User) { Password = "p:w" });
        if (configure is null)
            await bench.LogInAsync("bridge", "p:w");
        return bench;
    }

    /// <summary>Puts one DAG with tasks <c>extract</c> and <c>load</c> there.</summary>
    public async Task<string> PublishAsync(string text = "")
    {
        var commit = Repository.Commit(("churn.py", DagRepository.Dag("churn", "extract", "load") + text));
        (await Simulator.FollowAsync()).ShouldBe((commit, null));
        return commit;
    }

    public async Task LogInAsync(string name, string password)
    {
        if (_generation == AirflowGeneration.Two)
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);
            return;
        }
        var answer = await SendAsync(HttpMethod.Post, "/auth/token", new { username = name, password });
        answer.Status.ShouldBe(201, answer.Text);
        Bear(answer.Json["access_token"]!.GetValue<string>());
    }

    public void Bear(string token) =>
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Below the API's base.</summary>
    public Task<BenchAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, Base + path, null);

    public Task<BenchAnswer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, Base + path, body);

    public Task<BenchAnswer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, Base + path, body);

    public Task<BenchAnswer> TriggerAsync(string runId, object? conf = null) =>
        PostAsync(
            "/dags/churn/dagRuns",
            _generation == AirflowGeneration.Three
                ? new
                {
                    dag_run_id = runId,
                    logical_date = (string?)null,
                    conf = conf ?? new { },
                }
                : new { dag_run_id = runId, conf = conf ?? new { } }
        );

    public async Task<BenchAnswer> SendAsync(HttpMethod method, string path, object? body, string? type = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(
                body as string ?? JsonSerializer.Serialize(body),
                Encoding.UTF8,
                type ?? "application/json"
            );
        using var reply = await Client.SendAsync(request);
        return new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        Authority.Dispose();
        Repository.Dispose();
        _data.Delete(recursive: true);
        AirflowDescriptions.Faults(_generation, Simulator.Exchanges).ShouldBeEmpty();
    }

    private HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = LoopbackAuthority.Trusting(Authority.CaPem),
        };
        return new HttpClient(handler) { BaseAddress = Simulator.Url };
    }
}

public sealed record BenchAnswer(int Status, string Text)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string? Word(string name) => Json[name]?.GetValue<string>();

    /// <summary>Airflow 3's place and kind of what is wrong in a body.</summary>
    public (string Type, string Place) Wrong =>
        Json["detail"] is JsonArray { Count: 1 } list && list[0] is JsonObject fault
            ? (fault["type"]!.GetValue<string>(), string.Join('.', fault["loc"]!.AsArray()))
            : ("", Text);
}

/// <summary>A clock that a test moves.</summary>
public sealed class BenchClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(double seconds) => _now = _now.AddSeconds(seconds);
}
