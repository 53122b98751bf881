using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Connectors.Outbound;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>
/// Open connections, one pool per forge: a credential's pool is never another origin's, nor one with another certificate authority. Here, and nowhere else, the
/// forge's credential is put onto git's requests: when they leave, and kept nowhere (THREATS T93).
/// </summary>
internal sealed class ForgeChannels(MirrorOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Origin, string? CaFile), Lazy<HttpMessageInvoker>> _channels = new();

    /// <summary>Once the headers are there. What was refused because the credential was being replaced is sent once more, where it can be.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        GitAccess access,
        CancellationToken cancellationToken
    )
    {
        var channel = For(access.Url, access.CaFile);
        var login = access.FindLogin();
        request.Headers.Authorization = Header(login);
        var answer = await channel.SendAsync(request, cancellationToken);
        if (
            answer.StatusCode != HttpStatusCode.Unauthorized
            || login is null
            || Again(request) is not { } again
            || !await access.RenewAsync(login, cancellationToken)
        )
            return answer;
        answer.Dispose();
        again.Headers.Authorization = Header(access.FindLogin());
        return await channel.SendAsync(again, cancellationToken);
    }

    /// <summary>Null for what is not in memory whole.</summary>
    private static HttpRequestMessage? Again(HttpRequestMessage request)
    {
        if (request.Content is not (null or ByteArrayContent))
            return null;
        var again = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content };
        foreach (var (name, values) in request.Headers)
            again.Headers.TryAddWithoutValidation(name, values);
        return again;
    }

    private static AuthenticationHeaderValue? Header(GitLogin? login) =>
        login is null
            ? null
            : new(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.UserName}:{login.Password.Reveal()}"))
            );

    private HttpMessageInvoker For(Uri repository, string? caFile)
    {
        var key = (repository.GetLeftPart(UriPartial.Authority), caFile);
        // Publication only: a certificate file that is missing today may be there tomorrow.
        var channel = new Lazy<HttpMessageInvoker>(
            () => Open(repository, caFile),
            LazyThreadSafetyMode.PublicationOnly
        );
        return _channels.GetOrAdd(key, channel).Value;
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values.Where(channel => channel.IsValueCreated))
            channel.Value.Dispose();
    }

    private HttpMessageInvoker Open(Uri repository, string? caFile) =>
        new(
            OutboundHandler.Create(
                new OutboundOptions
                {
                    Subject = repository.Host,
                    Url = repository,
                    CaFile = caFile,
                    Resolver = options.Resolver,
                }
            )
        );
}
