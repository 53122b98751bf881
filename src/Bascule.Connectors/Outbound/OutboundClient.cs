using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>
/// The one way Bascule makes HTTP calls: to one origin, never redirected, bounded in time and size. Safe to use from many tasks at once.
/// A call that got no answer is Unavailable with one message for all reasons; <see cref="OutboundOptions.Detail"/> is told which (THREATS T84).
/// </summary>
public sealed class OutboundClient : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private readonly OutboundOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly string _base;

    /// <exception cref="System.Security.Cryptography.CryptographicException">The CA file is not readable PEM; settings are checked before.</exception>
    public OutboundClient(OutboundOptions options)
    {
        _options = options;
        _base = options.Url.AbsoluteUri.TrimEnd('/');
        _http = new HttpMessageInvoker(options.Handler ?? OutboundHandler.Create(options));
    }

    public string Subject => _options.Subject;

    public void Dispose() => _http.Dispose();

    /// <summary>Calls and reads the answer as strict JSON.</summary>
    public async Task<Result<T>> ReadAsync<T>(
        OutboundRequest request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        var sent = await SendAsync(request, cancellationToken);
        return sent.Failed(out var problem) ? problem : sent.Value.Read(type);
    }

    /// <summary>Calls; any status but a redirect is an answer.</summary>
    public async Task<Result<OutboundAnswer>> SendAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        using var content = request.Content;
        if (request.Authorization is not null || _options.Credential is not { } credential)
            return await SendAsync(request, request.Authorization ?? _options.Authorization, cancellationToken);
        var current = credential.Current;
        if (current.Failed(out var none))
            return none with { Message = $"{_options.Subject}: cannot {request.Doing}: {none.Message}" };
        var sent = await SendAsync(request, current.Value, cancellationToken);
        return
            sent.Problem is null
            && sent.Value.Status == 401
            && content is null or ByteArrayContent
            && await credential.RenewAsync(current.Value, cancellationToken)
            && !credential.Current.Failed(out _)
            ? await SendAsync(request, credential.Current.Value, cancellationToken)
            : sent;
    }

    private async Task<Result<OutboundAnswer>> SendAsync(
        OutboundRequest request,
        Secret? authorization,
        CancellationToken cancellationToken
    )
    {
        var failing = $"{_options.Subject}: cannot {request.Doing}";
        if (Target(request.Path) is not { } target)
            return Problem.Invalid($"{failing}: '{StatusProblem.Clean(request.Path)}' is not a path of this server");
        var message = Message(request, target); // not disposed of: its content may be sent once more, and it holds nothing else
        if (
            !Adds(message, "Authorization", authorization)
            || !request.Headers.All(header => Adds(message, header.Key, header.Value))
        )
            return Problem.Unauthenticated(
                $"{failing}: the credential has characters that no header can carry; replace it"
            );
        using var clock = new CancellationTokenSource(request.Timeout ?? _options.Timeout, _options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            using var response = await _http.SendAsync(message, limit.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                authorization?.Doubt();
            return await AnswerAsync(response, failing, request.MaxAnswerBytes ?? _options.MaxAnswerBytes, limit.Token);
        }
        catch (Exception problem)
            when (problem is HttpRequestException or IOException or SocketException
                || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            _options.Detail?.Invoke($"{failing}: {Why(problem)}");
            return Problem.Unavailable($"{failing}: {_base} did not answer; Bascule's log says why");
        }
    }

    /// <summary>
    /// Null when the path would lead elsewhere: another origin, above the base, or not where it says. The understood address must be the configured one
    /// followed by the path, so the credential is bound to scheme, host and port (THREATS T81).
    /// </summary>
    private Uri? Target(string path) =>
        path.StartsWith('/')
        && Uri.TryCreate(_base + path, UriKind.Absolute, out var target)
        && target.AbsoluteUri == _base + path
        && target.Fragment.Length == 0
            ? target
            : null;

    private static HttpRequestMessage Message(OutboundRequest request, Uri target)
    {
        var message = new HttpRequestMessage(request.Method, target) { Content = request.Content };
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("Bascule", null));
        message.Headers.Accept.ParseAdd(request.Accept);
        return message;
    }

    private static bool Adds(HttpRequestMessage message, string header, Secret? credential) =>
        credential?.Reveal() is not { } value
        || (
            value.All(character => character is >= ' ' and < '\x7f')
            && message.Headers.TryAddWithoutValidation(header, value)
        );

    private async Task<Result<OutboundAnswer>> AnswerAsync(
        HttpResponseMessage response,
        string failing,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
            return Problem.Invalid(
                $"{failing}: it answered with a redirect ({status}), and redirects are not followed; configure the final address"
            );
        if (response.Content.Headers.ContentEncoding.Count > 0)
            return Problem.Invalid($"{failing}: the answer is compressed, which was not asked for");
        if (await BodyAsync(response.Content, maxBytes, cancellationToken) is not { } body)
            return Problem.Invalid($"{failing}: the answer is larger than {maxBytes} bytes");
        return new OutboundAnswer(
            status,
            response.Content.Headers.ContentType?.MediaType ?? "",
            body,
            RetryAfter(response.Headers.RetryAfter)
        )
        {
            Failing = failing,
            Headers = response.Headers.ToDictionary(
                header => header.Key,
                header => string.Join(", ", header.Value),
                StringComparer.OrdinalIgnoreCase
            ),
        };
    }

    /// <summary>Null when there is more than allowed; what is too much is never read (THREATS T143).</summary>
    private static async Task<byte[]?> BodyAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > maxBytes)
            return null;
        using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (body.Length + count > maxBytes)
                return null;
            await body.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
        }
        return body.ToArray();
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - _options.Time.GetUtcNow());
        return wait is not { } time ? null
            : time < TimeSpan.Zero ? TimeSpan.Zero
            : time > LongestWait ? LongestWait
            : time;
    }

    private static string Why(Exception problem) =>
        problem is OperationCanceledException ? "the time limit was reached"
        : problem.InnerException is { } inner ? $"{problem.Message} ({inner.GetType().Name}: {inner.Message})"
        : problem.Message;
}
