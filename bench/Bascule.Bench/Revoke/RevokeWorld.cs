using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Bench.Gate;
using Bascule.Simulators;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;

namespace Bascule.Bench.Revoke;

/// <summary>Two real <c>bascule serve</c> on one real PostgreSQL that waits for the disk, before one forge stand-in.</summary>
internal sealed class RevokeWorld : IAsyncDisposable
{
    private const string Repository = "/git/git/ml/large.git";

    /// <summary>Small: what the kernel holds back from a client that reads slowly is read as if nothing had been cut.</summary>
    private const int ReceiveBuffer = 32 * 1024;

    /// <summary>About 64 MB, so that a client that takes its time is still at it when its token ends.</summary>
    private static readonly LargeHistory History = new(256, 256, 256 << 10);

    private readonly PostgresServer _postgres;
    private readonly BasculeStage _stage;
    private readonly PliableIssuer _issuer;
    private readonly ServeProcess _second;
    private readonly HttpClient _http;
    private readonly string _url;
    private readonly string _tip;

    private RevokeWorld(
        PostgresServer postgres,
        BasculeStage stage,
        PliableIssuer issuer,
        (ServeProcess Process, int Port) second,
        (string Url, string Tip) rest
    )
    {
        (_postgres, _stage, _issuer, _second) = (postgres, stage, issuer, second.Process);
        (_url, _tip) = rest;
        Replicas = [new Uri(_url), new Uri($"https://127.0.0.1:{second.Port}")];
        _http = new HttpClient(Handler(stage.CaPem)) { Timeout = TimeSpan.FromMinutes(10) };
    }

    /// <summary>Where each answers.</summary>
    public IReadOnlyList<Uri> Replicas { get; }

    public static async Task<RevokeWorld> SetAsync(CancellationToken cancellationToken)
    {
        var url = $"https://127.0.0.1:{LoopbackPort.Find()}";
        await using var parts = new AsyncStack();
        var postgres = parts.Push(await PostgresServer.StartAsync(durable: true));
        var issuer = parts.Push(await PliableIssuer.StartAsync());
        var settings = Settings(issuer.Url, url);
        var stage = parts.Push(
            await BasculeStage.SetAsync(
                new()
                {
                    PublicPort = new Uri(url).Port,
                    Postgres = postgres.AddressOf(await postgres.CreateDatabaseAsync()),
                    HttpBackend = true,
                    MoreSettings = settings,
                }
            )
        );
        await stage.StartBinaryAsync();
        var (file, port) = SecondReplica(stage, new Uri(url).Port, settings);
        var second = parts.Push(await ServeProcess.StartAsync(file));
        var repository = await stage.Forge.CreateRepositoryAsync(
            "ml",
            "large",
            initialise: false,
            cancellationToken: cancellationToken
        );
        stage.Forge.SetCollaborator(repository, BasculeStage.BotName, Simulators.Forges.ForgeAccess.Admin);
        await History.WriteAsync(new GitClient(stage.Folder, ""), repository.GitDirectory, cancellationToken);
        var tip = await File.ReadAllTextAsync(
            Path.Combine(repository.GitDirectory, "refs", "heads", "main"),
            cancellationToken
        );
        parts.Keep();
        return new RevokeWorld(postgres, stage, issuer, (second, port), (url, tip.Trim()));
    }

    public async Task<string> ExchangeAsync(CancellationToken cancellationToken)
    {
        var answer = await PostAsync(
            "/oauth/token",
            cancellationToken,
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", _issuer.WorkloadToken("job", _url)),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("resource", _url + Repository)
        );
        return (string)JsonNode.Parse(answer)!["access_token"]!;
    }

    /// <summary>Ends a token, at the first replica.</summary>
    public Task RevokeAsync(string token, CancellationToken cancellationToken) =>
        PostAsync("/oauth/revoke", cancellationToken, ("token", token));

    /// <summary>Whether a replica takes the token for a list of refs. One that is cut in the middle of it does not.</summary>
    public async Task<bool> IsTakenAsync(Uri replica, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(replica, Repository + "/info/refs?service=git-upload-pack")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => true,
                HttpStatusCode.Unauthorized => false,
                var status => throw new InvalidOperationException($"{replica} answers {(int)status}\n{_stage.Written}"),
            };
        }
        catch (HttpRequestException cut) when (cut.InnerException is IOException)
        {
            return false;
        }
    }

    /// <summary>A clone that is under way at a replica; its bytes.</summary>
    public async Task<(HttpResponseMessage Answer, Stream Pack)> BeginCloneAsync(
        Uri replica,
        string token,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica, Repository + "/git-upload-pack"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Git-Protocol", "version=2");
        var question = $"0011command=fetch0001000fno-progress0032want {_tip}\n0009done\n0000";
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(question));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (answer, await answer.Content.ReadAsStreamAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _second.DisposeAsync();
        await _stage.DisposeAsync();
        await _issuer.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task<string> PostAsync(
        string path,
        CancellationToken cancellationToken,
        params (string Name, string Value)[] fields
    )
    {
        using var form = new FormUrlEncodedContent(
            fields.Select(field => KeyValuePair.Create(field.Name, field.Value))
        );
        using var answer = await _http.PostAsync(new Uri(_url + path), form, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? text
            : throw new InvalidOperationException($"{path} answers {(int)answer.StatusCode}: {text}\n{_stage.Written}");
    }

    /// <summary>As an operator sets it up: the same files in another folder, and the first one's key.</summary>
    private static (string SettingsFile, int Port) SecondReplica(BasculeStage stage, int front, string settings)
    {
        var folder = Directory.CreateDirectory(Path.Combine(stage.Folder, "second")).FullName;
        var data = Directory.CreateDirectory(
            Path.Combine(folder, "data"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        foreach (var file in (string[])["ca.pem", "server.pem", "server.key", "forge.token", "postgres"])
            File.Copy(Path.Combine(stage.Folder, file), Path.Combine(folder, file));
        File.Copy(Path.Combine(stage.DataFolder, "master.key"), Path.Combine(data.FullName, "master.key"));
        var ports = (Public: LoopbackPort.Find(), Local: LoopbackPort.Find());
        var more = settings + "storage: { postgres: \"file:postgres\" }\n";
        var written = StageSettings.Write(
            folder,
            ports,
            front,
            "gitea",
            stage.Forge.BaseAddress,
            stage.Databricks.Url,
            more
        );
        return (written, ports.Public);
    }

    private static SocketsHttpHandler Handler(string caPem)
    {
        return new SocketsHttpHandler
        {
            SslOptions = LoopbackAuthority.Trusting(caPem),
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                    ReceiveBufferSize = ReceiveBuffer,
                };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
    }

    private static string Settings(string issuer, string url) =>
        $$"""
            issuers:
              cluster: { url: "{{issuer}}", audiences: ["{{url}}"] }
            trust_policies:
              jobs: { issuer: cluster, subject: job, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch] }

            """;
}
