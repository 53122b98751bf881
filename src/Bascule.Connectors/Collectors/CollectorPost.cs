using System.Net.Http.Headers;
using System.Net.Security;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors;

/// <summary>Posts batches to one address by the way of every call of ours, and says what the answer means.</summary>
internal sealed class CollectorPost : IDisposable
{
    private readonly HttpOptions _options;
    private readonly string _path;
    private OutboundClient _client;
    private SslStreamCertificateContext? _shown;
    private string? _detail;

    public CollectorPost(HttpOptions options, string path)
    {
        _options = options;
        _path = path;
        Target = $"{options.Url.GetLeftPart(UriPartial.Authority)}{path}";
        _client = Open();
    }

    public string Target { get; }

    /// <param name="accepted">What a status of success means.</param>
    public async Task<Sent> SendAsync(
        byte[] body,
        string mediaType,
        Func<OutboundAnswer, Sent> accepted,
        CancellationToken cancellationToken
    )
    {
        if (_options.Tls.Refresh() is { } unreadable)
            return new Sent.Unknown(unreadable with { Message = $"{Target}: its certificate {unreadable.Message}" });
        if (!ReferenceEquals(_shown, _options.Tls.Certificate))
        {
            _client.Dispose();
            _client = Open();
        }
        _detail = null;
        var request = new OutboundRequest(HttpMethod.Post, _path, "send audit entries")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            Headers = _options.Headers,
            Authorization = _options.Token is { } token ? new Secret($"Bearer {token.Reveal()}") : null,
        };
        var sent = await _client.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return new Sent.Unknown(_detail is { } why ? problem with { Message = StatusProblem.Clean(why) } : problem);
        if (sent.Value.Status == 401)
            Doubt();
        return sent.Value.IsSuccess ? accepted(sent.Value) : Refusal(sent.Value);
    }

    public void Dispose()
    {
        _client.Dispose();
        _options.Tls.Dispose();
    }

    /// <summary>Another may be there by now: it is read again before the next attempt.</summary>
    private void Doubt()
    {
        _options.Token?.Doubt();
        foreach (var header in _options.Headers.Values)
            header.Doubt();
    }

    private OutboundClient Open()
    {
        _shown = _options.Tls.Certificate;
        return new OutboundClient(
            new OutboundOptions
            {
                Subject = Target,
                Url = new Uri(_options.Url.GetLeftPart(UriPartial.Authority)),
                CaFile = _options.Tls.CaFile,
                ClientCertificate = _shown,
                MaxAnswerBytes = 64 * 1024,
                Time = _options.Time,
                Detail = detail => _detail = detail,
            }
        );
    }

    /// <summary>Only these say something about what was sent; any other may be mended at the collector or in the settings.</summary>
    private static Sent Refusal(OutboundAnswer answer)
    {
        var problem = answer.AsProblem(System.Text.Encoding.UTF8.GetString(answer.Body.Span))!;
        return answer.Status is 400 or 413 or 422 ? new Sent.Refused(problem) : new Sent.Unknown(problem);
    }
}
