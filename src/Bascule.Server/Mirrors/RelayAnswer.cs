using System.Net;
using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>What the forge's answer means for a fetch or a push, before a byte of it reaches git.</summary>
internal static class RelayAnswer
{
    /// <param name="service">upload-pack or receive-pack.</param>
    public static Problem? Refuses(HttpResponseMessage answer, Uri url, string service = "upload-pack")
    {
        var repository = $"'{url.AbsolutePath.Trim('/')}' at {url.IdnHost}";
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => Content(answer, repository, service),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Problem.Denied(
                $"{repository}: the forge did not take the connection's credential; renew its token or give its account {(service == "upload-pack" ? "read" : "write")} access"
            ),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Problem.NotFound(
                $"{repository}: the forge has no such repository, or hides it from the connection's account"
            ),
            HttpStatusCode.TooManyRequests => Problem.Limited(
                $"{repository}: the forge asks us to slow down",
                answer.Headers.RetryAfter?.Delta
            ),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => Problem.Invalid(
                $"{repository}: the forge redirects, which is not followed; give the connection the address that the forge itself uses"
            ),
            var status => Problem.Unavailable($"{repository}: the forge answered with status {(int)status}"),
        };
    }

    /// <summary>One text for every reason, so that an answer does not tell what listens where; the log says more (THREATS T84).</summary>
    public static Problem Unreachable(Uri repository) =>
        Problem.Unavailable(
            $"the forge at {repository.IdnHost} could not be reached; see the server's log for why, and check address, certificate authority and firewall"
        );

    private static Problem? Content(HttpResponseMessage answer, string repository, string service) =>
        answer.Content.Headers.ContentType?.MediaType is { } type
        && (type == $"application/x-git-{service}-advertisement" || type == $"application/x-git-{service}-result")
        && answer.Content.Headers.ContentEncoding.Count == 0
            ? null
            : Problem.Invalid(
                $"{repository}: what answers there does not speak Git's smart HTTP; correct the address of the connection"
            );
}
