using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Client;

/// <summary>Waits at a server until a deploy ref has moved (<c>Prefer: wait</c>, RFC 7240), instead of asking it again and again.</summary>
/// <param name="caFile">PEM certificates to trust instead of the system's; null for the system's.</param>
public sealed class DeployRefClient(Uri server, string? caFile) : IDisposable
{
    /// <summary>Below what a request may take, and below what proxies on the way bear.</summary>
    private const string Longest = "wait=20";

    private readonly Exchange _exchange = new(server, isLocal: false, token: null, caFile);

    /// <summary>
    /// What is deployed, as soon as it is not <paramref name="known"/>, or after some 20 seconds. NotFound when nothing is, or the server has no such answer;
    /// Unauthenticated when the token is not good any more.
    /// </summary>
    /// <param name="repository">Its address at the server: <c>https://bascule.example.com/git/FORGE/OWNER/NAME.git</c>.</param>
    /// <param name="token">For git, of that one ref.</param>
    public async Task<Result<DeployedCommit>> WaitAsync(
        string repository,
        Secret token,
        CommitId known,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(repository + "/deployed"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{known}\""));
        request.Headers.Add("Prefer", Longest);
        var asked = await _exchange.AskAsync(request, cancellationToken);
        if (asked.Failed(out var problem))
            return problem;
        using var answer = asked.Value;
        if (answer.StatusCode is HttpStatusCode.NotModified)
            return new DeployedCommit(known, answer.Headers.Contains("Preference-Applied"));
        var text = Encoding.ASCII.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Trim();
        return answer.StatusCode switch
        {
            HttpStatusCode.OK when CommitId.TryParse(text, out var commit) => new DeployedCommit(commit, true),
            HttpStatusCode.Unauthorized => Problem.Unauthenticated(
                $"{server} does not accept the token that was shown"
            ),
            HttpStatusCode.NotFound => Problem.NotFound($"{server} does not say what is deployed"),
            _ => Problem.Unavailable($"{server} answered {(int)answer.StatusCode}", answer.Headers.RetryAfter?.Delta),
        };
    }

    public void Dispose() => _exchange.Dispose();
}

/// <param name="HasWaited">False when the server had no room to wait, and is not to be asked again at once.</param>
public sealed record DeployedCommit(CommitId Commit, bool HasWaited);
