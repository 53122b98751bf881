using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;

namespace Bascule.Testing.Forges;

/// <summary>Drives a forge as its users do, by its API and its web forms, with nothing of the connectors in it.</summary>
internal sealed partial class ForgeWeb : IDisposable
{
    private readonly HttpClient _http;

    public ForgeWeb(Uri url, string? caFile)
    {
        var tls = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (caFile is not null)
        {
            tls.TrustMode = X509ChainTrustMode.CustomRootTrust;
            tls.CustomTrustStore.ImportFromPemFile(caFile);
        }
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            CookieContainer = new CookieContainer(),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = tls },
        };
        _http = new HttpClient(handler) { BaseAddress = url };
    }

    public void Dispose() => _http.Dispose();

    public static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>An API call that must work.</summary>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, string credential, object? body = null)
    {
        var (status, answer) = await TryCallAsync(method, path, credential, body);
        ((int)status).ShouldBeInRange(200, 299, $"{method} {path}: {answer}");
        return answer.Length == 0 ? null : JsonNode.Parse(answer);
    }

    public async Task<(HttpStatusCode Status, string Body)> TryCallAsync(
        HttpMethod method,
        string path,
        string credential,
        object? body = null
    )
    {
        using var request = new HttpRequestMessage(method, "api/v1" + path);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(credential);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Default);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Signs in by the form; the session's cookie is kept.</summary>
    public async Task SignInAsync(string user, string password)
    {
        using var answer = await PostFormAsync("user/login", "user/login", ("user_name", user), ("password", password));
        answer.StatusCode.ShouldBe(HttpStatusCode.Found, $"{user} could not sign in");
    }

    /// <summary>Sends a form with the token of the page that shows it.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(
        string page,
        string action,
        params (string Name, string Value)[] fields
    )
    {
        var html = await _http.GetStringAsync(page);
        var token = WebUtility.HtmlDecode(FormToken().Match(html).Groups["token"].Value);
        var form = fields
            .Append((Name: "_csrf", Value: token))
            .Select(field => KeyValuePair.Create(field.Name, field.Value));
        using var content = new FormUrlEncodedContent(form);
        return await _http.PostAsync(action, content);
    }

    [GeneratedRegex("name=\"_csrf\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();
}
