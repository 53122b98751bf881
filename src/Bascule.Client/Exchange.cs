using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

/// <summary>One request, one answer. The token goes to the configured address and nowhere else: no redirect, no proxy.</summary>
internal sealed class Exchange : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;
    private readonly Uri _address;

    public Exchange(Uri address, Secret token)
    {
        _address = new Uri(address.GetLeftPart(UriPartial.Authority));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(_address, "/api/v1/"),
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
    }

    public Task<Result<byte[]>> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        SendAsync(method, path, content: null, cancellationToken);

    /// <param name="content">JSON; null for none.</param>
    public async Task<Result<byte[]>> SendAsync(
        HttpMethod method,
        string path,
        byte[]? content,
        CancellationToken cancellationToken
    )
    {
        if (!_address.IsLoopback)
            return Problem.Invalid($"{_address} is not this machine; the token is sent to `listen.local` only");
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (content is not null)
                request.Content = new ByteArrayContent(content)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                };
            using var answer = await _http.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? body : ReadProblem(answer, body);
        }
        catch (HttpRequestException problem) when (problem.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return Problem.Unavailable($"no Bascule answers at {_address}; start it with `bascule serve`");
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
            return Problem.Unavailable($"no Bascule answers at {_address}; start it with `bascule serve`");
        }
    }

    public Problem Stranger() =>
        Problem.Invalid(
            $"what answers at {_address} is not this version of Bascule; see `listen.local` in bascule.yaml, and that no other program has the port"
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
