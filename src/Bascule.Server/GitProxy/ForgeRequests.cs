using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy;

/// <summary>
/// The proxy's own requests to the forge. The forge's credential is put on by the channel and nowhere else (THREATS T93); of the client's headers none is passed on but
/// the protocol's version. No redirect is followed, no proxy taken from the environment, and the address that was checked is the one connected (T78 to T80, T85).
/// </summary>
internal sealed partial class ForgeRequests(MirrorOptions options, ILogger<ForgeRequests> log) : IDisposable
{
    private readonly ForgeChannels _channels = new(options);

    public void Dispose() => _channels.Dispose();

    public HttpRequestMessage Get(GitAccess access, GitService service, string? protocol) =>
        Make(HttpMethod.Get, access, service, protocol);

    public HttpRequestMessage Post(GitAccess access, GitService service, string? protocol, HttpContent body)
    {
        var request = Make(HttpMethod.Post, access, service, protocol);
        body.Headers.ContentType = new MediaTypeHeaderValue($"application/x-{service.Name}-request");
        request.Content = body;
        request.Headers.Accept.ParseAdd($"application/x-{service.Name}-result");
        return request;
    }

    /// <param name="tail">What follows the repository's address.</param>
    /// <param name="mediaType">What is wanted as an answer.</param>
    public HttpRequestMessage Lfs(
        HttpMethod method,
        GitAccess access,
        string tail,
        string mediaType,
        HttpContent? content
    )
    {
        var request = Make(method, access, tail, protocol: null);
        request.Headers.Accept.ParseAdd(mediaType);
        request.Content = content;
        return request;
    }

    /// <summary>Once the headers are there, and it is git that answers; what follows is read by the caller.</summary>
    public Task<Result<HttpResponseMessage>> SendAsync(
        HttpRequestMessage request,
        GitAccess access,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            request,
            access,
            (answer, url) => RelayAnswer.Refuses(answer, url) is { } refusal ? Outward(refusal, url) : null,
            cancellationToken
        );

    /// <param name="refuses">What is wrong with an answer, in words for who asked; null for nothing.</param>
    public async Task<Result<HttpResponseMessage>> SendAsync(
        HttpRequestMessage request,
        GitAccess access,
        Func<HttpResponseMessage, Uri, Problem?> refuses,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await _channels.SendAsync(request, access, cancellationToken);
            if (refuses(answer, access.Url) is not { } refusal)
                return answer;
            Log.Refused(log, access.Url, (int)answer.StatusCode);
            answer.Dispose();
            return refusal;
        }
        catch (Exception failure) when (IsOutside(failure))
        {
            Log.Unreachable(
                log,
                access.Url,
                UntrustedText.Line($"{failure.Message} {failure.InnerException?.Message}", 300)
            );
            return RelayAnswer.Unreachable(access.Url);
        }
    }

    /// <summary>Whether it is the forge, or the way to it, that failed.</summary>
    public static bool IsOutside(Exception failure) =>
        failure
            is HttpRequestException
                or HttpIOException
                or IOException
                or AuthenticationException
                or UnauthorizedAccessException
                or CryptographicException;

    /// <summary>Whoever asks holds a good token: what is wrong between Bascule and the forge is not theirs to mend.</summary>
    private static Problem Outward(Problem refusal, Uri repository) =>
        refusal.Code == ProblemCode.Limited ? refusal : RelayAnswer.Unreachable(repository);

    private static HttpRequestMessage Make(HttpMethod method, GitAccess access, GitService service, string? protocol) =>
        Make(method, access, service.Tail + service.Query, protocol);

    private static HttpRequestMessage Make(HttpMethod method, GitAccess access, string tail, string? protocol)
    {
        var request = new HttpRequestMessage(method, ForgeUrl.Append(access.Url, tail));
        request.Headers.UserAgent.ParseAdd("git/bascule");
        if (protocol is not null)
            request.Headers.TryAddWithoutValidation(GitProtocol.Header, protocol);
        return request;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The forge answered {Repository} with status {Status}")]
        public static partial void Refused(ILogger log, Uri repository, int status);

        [LoggerMessage(2, LogLevel.Warning, "The forge could not be reached for {Repository}: {Reason}")]
        public static partial void Unreachable(ILogger log, Uri repository, string reason);
    }
}
