using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

/// <summary>One request, one answer. The token goes to the configured address and nowhere else: no redirect, no proxy, and in the clear to this machine only.</summary>
internal sealed class Exchange : IDisposable
{
    /// <summary>The largest answer is a tile of the audit log: 256 entries of 65,535 bytes, each with its length.</summary>
    private const int MaxAnswerBytes = 17 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly bool _isLocal;

    /// <param name="isLocal">Whether the token is the local one, which never leaves the machine.</param>
    /// <param name="token">Null for what anybody may ask.</param>
    /// <param name="caFile">PEM certificates to trust instead of the system's.</param>
    public Exchange(Uri address, bool isLocal, Secret? token, string? caFile = null)
    {
        _isLocal = isLocal;
        _address = new Uri(address.GetLeftPart(UriPartial.Authority));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            SslOptions = Trust(caFile),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(_address, "/api/v1/"),
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
    }

    /// <param name="path">Below <c>/api/v1/</c>; with a slash in front, below the server's own address.</param>
    /// <param name="readProblem">How a refusal is worded there; null for problem documents.</param>
    public async Task<Result<byte[]>> SendAsync(
        HttpMethod method,
        string path,
        CancellationToken cancellationToken,
        HttpContent? content = null,
        Func<HttpResponseMessage, byte[], Problem>? readProblem = null
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var asked = await AskAsync(request, cancellationToken);
        if (asked.Failed(out var problem))
            return problem;
        using var answer = asked.Value;
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? body : (readProblem ?? ReadProblem)(answer, body);
    }

    /// <summary>The whole answer, whatever its status.</summary>
    public async Task<Result<HttpResponseMessage>> AskAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (Misled() is { } misled)
            return misled;
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException problem) when (problem.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return Silent();
        }
        catch (HttpRequestException problem) when (problem.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return Problem.Unavailable(
                $"{_address} shows a certificate that is not trusted; if your company has its own authority, name its file: bascule login --ca FILE"
            );
        }
        catch (HttpRequestException problem)
        {
            return Problem.Unavailable($"Bascule at {_address} broke off: {problem.Message}; look at its log");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem.Unavailable(
                $"Bascule at {_address} gave no answer within {Timeout.TotalSeconds:0} s; look at its log"
            );
        }
    }

    /// <summary>The lines of an answer as they come; a refusal is the last one.</summary>
    public async IAsyncEnumerable<Result<byte[]>> ReadLinesAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var opened = await OpenAsync(path, cancellationToken);
        if (opened.Failed(out var problem))
        {
            yield return problem;
            yield break;
        }
        using var answer = opened.Value;
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            yield return Encoding.UTF8.GetBytes(line);
    }

    private async Task<Result<HttpResponseMessage>> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (Misled() is { } misled)
            return misled;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
                return ReadProblem(answer, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return Silent();
        }
    }

    private Problem? Misled() =>
        _isLocal && !_address.IsLoopback
            ? Problem.Invalid($"{_address} is not this machine; the token is sent to `listen.local` only")
        : _address.Scheme != Uri.UriSchemeHttps && !_address.IsLoopback
            ? Problem.Invalid($"{_address} is not https://; a session's token is never sent in the clear")
        : null;

    private Problem Silent() =>
        Problem.Unavailable(
            _isLocal
                ? $"no Bascule answers at {_address}; start it with `bascule serve`"
                : $"no Bascule answers at {_address}; check the address given with --server"
        );

    private static SslClientAuthenticationOptions Trust(string? caFile)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (caFile is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public Problem Stranger() =>
        Problem.Invalid(
            _isLocal
                ? $"what answers at {_address} is not this version of Bascule; see `listen.local` in bascule.yaml, and that no other program has the port"
                : $"what answers at {_address} is not this version of Bascule; check the address given with --server"
        );

    public void Dispose() => _http.Dispose();

    private Problem ReadProblem(HttpResponseMessage answer, byte[] body)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return Stranger();
        try
        {
            var document = JsonSerializer.Deserialize(body, ApiJson.Default.ProblemDocument);
            TimeSpan? wait = document?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            return document is null ? Stranger() : new Problem(document.Code, document.Detail, wait);
        }
        catch (JsonException)
        {
            return Stranger();
        }
    }
}
