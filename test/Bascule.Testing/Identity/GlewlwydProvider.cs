using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Testing.Stage;

namespace Bascule.Testing.Identity;

/// <summary>
/// A second OpenID provider, by others and in another language (Debian's glewlwyd, in C), on a free loopback port with a database of its own. Its habits differ: the
/// audience of an access token is the scope's name, <c>token_type</c> is in lower case, endpoints have a doubled slash, and its path is part of the issuer.
/// </summary>
public sealed class GlewlwydProvider : IAsyncDisposable
{
    private const string Scope = "bascule";
    private const string Secret = "svc-secret";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-glewlwyd-");
    private readonly int _port = LoopbackPort.Find();
    private readonly HttpClient _http = new();
    private ChildProvider _process = null!;

    private GlewlwydProvider() { }

    /// <summary>Why it cannot run here; null when it can.</summary>
    public static string? Missing { get; } =
        File.Exists("/usr/bin/glewlwyd") ? null : "not run: needs Debian's glewlwyd; apt-get install glewlwyd";

    public string Issuer => $"http://127.0.0.1:{_port}/api/oidc";

    /// <summary>Of the access tokens that it issues.</summary>
    public static string Audience => Scope;

    /// <summary>A running provider with one client, <c>svc</c>.</summary>
    public static async Task<GlewlwydProvider> StartAsync()
    {
        var provider = new GlewlwydProvider();
        await provider.LaunchAsync();
        await provider.ConfigureAsync();
        return provider;
    }

    /// <summary>The whole answer of the token endpoint to the client's credentials.</summary>
    public async Task<JsonObject> AskTokenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", Scope)]),
        };
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"svc:{Secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        using var answer = await _http.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
    }

    public async Task<Secret> IssueAsync() => new((string)(await AskTokenAsync())["access_token"]!);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The packaged settings and database, with our own folder and port.</summary>
    private async Task LaunchAsync()
    {
        await RunAsync(
            "sh",
            "zcat /usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz | sqlite3 \"$0\"",
            In("glewlwyd.db")
        );
        var settings = await File.ReadAllTextAsync("/etc/glewlwyd/glewlwyd.conf");
        var lines = settings
            .Split('\n')
            .Select(line =>
                line.StartsWith("port=", StringComparison.Ordinal) ? $"port={_port}\nbind_address=\"127.0.0.1\""
                : line.StartsWith("external_url=", StringComparison.Ordinal)
                    ? $"external_url=\"http://127.0.0.1:{_port}/\""
                : line.StartsWith("log_mode=", StringComparison.Ordinal) ? "log_mode=\"console\""
                : line.Contains("glewlwyd-db.conf", StringComparison.Ordinal)
                    ? $"database = {{ type=\"sqlite3\" path=\"{In("glewlwyd.db")}\" }};"
                : line
            );
        await File.WriteAllTextAsync(In("glewlwyd.conf"), string.Join('\n', lines));
        // The shell ends it when its own standard input does: when this process is gone, however it went.
        const string script = """ "$@" 2>&1 & server=$!; cat >/dev/null; kill -KILL $server """;
        var start = new ProcessStartInfo(
            "sh",
            ["-c", script, "sh", "glewlwyd", $"--config-file={In("glewlwyd.conf")}"]
        );
        _process = await ChildProvider.StartAsync(start, new Uri($"http://127.0.0.1:{_port}/config/"));
    }

    private async Task ConfigureAsync()
    {
        using var key = RSA.Create(2048);
        await PostAsync("auth/", new JsonObject { ["username"] = "admin", ["password"] = "password" });
        await PostAsync(
            "mod/plugin/",
            new JsonObject
            {
                ["module"] = "oidc",
                ["name"] = "oidc",
                ["display_name"] = "OIDC",
                ["parameters"] = Parameters(key),
            }
        );
        await PostAsync(
            "scope/",
            new JsonObject
            {
                ["name"] = Scope,
                ["display_name"] = Scope,
                ["password_required"] = false,
                ["scheme"] = new JsonObject(),
            }
        );
        await PostAsync(
            "client/",
            new JsonObject
            {
                ["client_id"] = "svc",
                ["name"] = "svc",
                ["enabled"] = true,
                ["confidential"] = true,
                ["client_secret"] = Secret,
                ["authorization_type"] = new JsonArray("client_credentials"),
                ["token_endpoint_auth_method"] = new JsonArray("client_secret_basic"),
                ["scope"] = new JsonArray(Scope),
                ["redirect_uri"] = new JsonArray(),
            }
        );
    }

    private JsonObject Parameters(RSA key) =>
        new()
        {
            ["iss"] = Issuer,
            ["jwt-type"] = "rsa",
            ["jwt-key-size"] = "256",
            ["key"] = key.ExportRSAPrivateKeyPem(),
            ["cert"] = key.ExportSubjectPublicKeyInfoPem(),
            ["access-token-duration"] = 300,
            ["refresh-token-duration"] = 3600,
            ["code-duration"] = 60,
            ["allow-non-oidc"] = true, // without it client credentials are "unauthorized"
            ["auth-type-client-enabled"] = true,
            ["auth-type-code-enabled"] = true,
            ["auth-type-device-enabled"] = true,
            ["device-authorization-expiration"] = 120,
            ["device-authorization-interval"] = 1,
            ["jwks-show"] = true,
            ["pkce-allowed"] = true,
        };

    /// <summary>The cookie of the first call is the administrator's session.</summary>
    private async Task PostAsync(string path, JsonObject body)
    {
        using var answer = await _http.PostAsJsonAsync($"http://127.0.0.1:{_port}/api/{path}", body);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"glewlwyd: {path}: {await answer.Content.ReadAsStringAsync()}\n{_process.Written}"
            );
    }

    private static async Task RunAsync(string program, string script, string argument)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, ["-c", script, argument]) { UseShellExecute = false }
        )!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"glewlwyd's database cannot be made; is sqlite3 installed?");
    }
}
