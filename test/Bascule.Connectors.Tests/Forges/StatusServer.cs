using System.Net;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>Answers each path with a status and nothing else.</summary>
internal sealed class StatusServer(Func<string, HttpStatusCode> status) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            new HttpResponseMessage(status(request.RequestUri!.AbsolutePath)) { Content = new StringContent("") }
        );
}
