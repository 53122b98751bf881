using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Tests.Airflow;
using Bascule.Simulators.Tests.ApiManagement;
using Bascule.Simulators.Tests.OpenApi;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>A simulator of its own for one test; at the end, everything that was said is compared with the official description.</summary>
public sealed class AmlBench : IAsyncDisposable
{
    public const string Version = "api-version=2024-04-01";

    private AmlBench() { }

    public LoopbackAuthority Authority { get; } = new();
    public BenchClock Clock { get; } = new();
    public AmlSimulator Simulator { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;
    public string? Token { get; set; }

    public static async Task<AmlBench> StartAsync(Func<AmlSimulatorOptions, AmlSimulatorOptions>? configure = null)
    {
        var bench = new AmlBench();
        var options = new AmlSimulatorOptions { Authority = bench.Authority, TimeProvider = bench.Clock };
        bench.Simulator = await AmlSimulator.StartAsync(configure?.Invoke(options) ?? options);
        bench.Client = bench.NewClient();
        bench.Token = bench.Simulator.Directory.Issue(bench.Simulator.Application);
        return bench;
    }

    /// <summary>Id of something below the workspace.</summary>
    public string Id(string path) => $"{Simulator.WorkspacePath}/{path}";

    public Task<ApimAnswer> GetAsync(string path, string query = "") => SendAsync("GET", path, query: query);

    public Task<ApimAnswer> PostAsync(string path, object? body = null) => SendAsync("POST", path, body);

    public Task<ApimAnswer> PutAsync(string path, object properties) => SendAsync("PUT", path, new { properties });

    /// <summary>A command job that nothing is wrong with.</summary>
    public Dictionary<string, object?> Command(params (string Name, object? Value)[] changes)
    {
        var job = new Dictionary<string, object?>
        {
            ["jobType"] = "Command",
            ["command"] = "python train.py",
            ["environmentId"] = Id("environments/sklearn/versions/2"),
        };
        foreach (var (name, value) in changes)
            job[name] = value;
        return job;
    }

    public async Task<AmlJob> SubmitAsync(string name = "job-1", params (string Name, object? Value)[] changes)
    {
        var answer = await PutAsync($"jobs/{name}", Command(changes));
        answer.Status.ShouldBe(201, answer.Text);
        return Simulator.Job(name);
    }

    /// <summary>Where blobs of a version go.</summary>
    public async Task<Upload> BeginAsync(string version = "1")
    {
        var answer = await PostAsync(
            $"codes/tree/versions/{version}/startPendingUpload",
            new { pendingUploadType = "TemporaryBlobReference" }
        );
        answer.Status.ShouldBe(200, answer.Text);
        var reference = answer.Json["blobReferenceForConsumption"]!;
        return new(
            (string)answer.Json["pendingUploadId"]!,
            (string)reference["blobUri"]!,
            (string)reference["credential"]!["sasUri"]!
        );
    }

    /// <summary>Code with one file, by its id.</summary>
    public async Task<string> CodeAsync(string version = "1")
    {
        var upload = await BeginAsync(version);
        (await BlobAsync("PUT", upload.Blob("src/train.py"), "print(1)")).Status.ShouldBe(201);
        var answer = await PutAsync($"codes/tree/versions/{version}", new { codeUri = upload.BlobUri + "/src" });
        answer.Status.ShouldBe(201, answer.Text);
        return (string)answer.Json["id"]!;
    }

    public async Task<ApimAnswer> BlobAsync(
        string method,
        string address,
        string? content = null,
        params (string Name, string? Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        var all = new Dictionary<string, string?> { ["x-ms-version"] = "2021-12-02" };
        if (method == "PUT" && !address.Contains("comp=", StringComparison.Ordinal))
            all["x-ms-blob-type"] = "BlockBlob";
        foreach (var (name, value) in headers)
            all[name] = value;
        if (content is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        foreach (var (name, value) in all.Where(header => header.Value is not null))
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        return await AnswerAsync(request);
    }

    /// <param name="path">Of MLflow, from <c>mlflow/</c> on, or of the run history, from <c>/</c> on.</param>
    public Task<ApimAnswer> RegionAsync(string method, string path, object? body = null)
    {
        var root = Simulator.TrackingUri.Replace("azureml://", "https://", StringComparison.Ordinal);
        var address = path.StartsWith('/')
            ? new Uri(Simulator.RegionUrl, $"/history/v1.0{Simulator.WorkspacePath}{path}")
            : new Uri($"{root}/api/2.0/mlflow/{path}");
        return SendAsync(method, address, body);
    }

    /// <param name="path">Below the workspace; from its slash on when it begins with one.</param>
    public Task<ApimAnswer> SendAsync(
        string method,
        string path,
        object? body = null,
        string query = "",
        string version = Version
    )
    {
        var whole = path.StartsWith('/') ? path : $"{Simulator.WorkspacePath}{(path.Length == 0 ? "" : "/" + path)}";
        return SendAsync(method, new Uri(Simulator.ResourceManagerUrl, $"{whole}?{version}{query}"), body);
    }

    public Task<ApimAnswer> SendAsync(string method, Uri address, object? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null)
            request.Content = new StringContent(
                body as string ?? JsonSerializer.Serialize(body),
                Encoding.UTF8,
                "application/json"
            );
        return AnswerAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
        Authority.Dispose();
        ArmDescriptions.MachineLearning.Faults(Simulator.Exchanges).ShouldBeEmpty();
    }

    private async Task<ApimAnswer> AnswerAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var reply = await Client.SendAsync(request);
            var headers = reply
                .Headers.Concat(reply.Content.Headers)
                .ToDictionary(
                    header => header.Key,
                    header => string.Join(',', header.Value),
                    StringComparer.OrdinalIgnoreCase
                );
            return new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), headers);
        }
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

public sealed record Upload(string Id, string BlobUri, string SasUri)
{
    /// <summary>Address of a blob with its signature.</summary>
    public string Blob(string path, string query = "") =>
        $"{BlobUri}/{path}?{SasUri.Split('?')[1]}{(query.Length == 0 ? "" : "&" + query)}";
}
