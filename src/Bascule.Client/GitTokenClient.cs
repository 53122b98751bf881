using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;

namespace Bascule.Client;

/// <summary>Gets tokens for git in exchange for a session or for a token from outside (RFC 8693), and ends them (RFC 7009).</summary>
/// <param name="caFile">PEM certificates to trust instead of the system's; null for the system's.</param>
public sealed class GitTokenClient(Uri server, string? caFile) : IDisposable
{
    private const string Types = "urn:ietf:params:oauth:token-type:";
    private readonly Exchange _exchange = new(server, isLocal: false, token: null, caFile);

    /// <summary>
    /// Unauthenticated when the token that is shown is not accepted, Denied when no trust policy gives this, NotFound when the server gives no tokens at all.
    /// </summary>
    /// <param name="shown">A session's token, or one of another issuer.</param>
    /// <param name="repository">Its address at the server: <c>https://bascule.example.com/git/FORGE/OWNER/NAME.git</c>.</param>
    /// <param name="scope">E.g. <c>git:fetch</c>; null for whatever the policy gives.</param>
    public async Task<Result<GivenGitToken>> ExchangeAsync(
        Secret shown,
        string repository,
        string? scope,
        CancellationToken cancellationToken
    )
    {
        var isSession = shown.Reveal().StartsWith("bsc_s_", StringComparison.Ordinal);
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            new("subject_token", shown.Reveal()),
            new("subject_token_type", Types + (isSession ? "access_token" : "jwt")),
            new("resource", repository),
        ];
        if (scope is not null)
            form.Add(new("scope", scope));
        var body = await PostAsync("/oauth/token", form, cancellationToken);
        return body.Failed(out var refused) ? refused : ReadToken(body.Value);
    }

    /// <summary>Done as well for what is no token any more.</summary>
    public async Task<Result<Done>> RevokeAsync(Secret token, CancellationToken cancellationToken)
    {
        var body = await PostAsync("/oauth/revoke", [new("token", token.Reveal())], cancellationToken);
        return body.Failed(out var refused) ? refused : Result.Done;
    }

    public void Dispose() => _exchange.Dispose();

    private async Task<Result<byte[]>> PostAsync(
        string path,
        IEnumerable<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        using var content = new FormUrlEncodedContent(form);
        return await _exchange.SendAsync(HttpMethod.Post, path, cancellationToken, content, ReadProblem);
    }

    private Result<GivenGitToken> ReadToken(byte[] body)
    {
        try
        {
            return
                JsonNode.Parse(body) is JsonObject answer
                && (string?)answer["access_token"] is { Length: > 0 } token
                && (long?)answer["expires_in"] is { } seconds
                ? new GivenGitToken(new Secret(token), TimeSpan.FromSeconds(seconds))
                : _exchange.Stranger();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            return _exchange.Stranger();
        }
    }

    /// <summary>A refusal as OAuth words it (RFC 6749 section 5.2).</summary>
    private Problem ReadProblem(HttpResponseMessage answer, byte[] body)
    {
        var at = server.GetLeftPart(UriPartial.Authority);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            return Problem.NotFound($"{at} gives no tokens for git; whoever runs it has to write trust_policies");
        var (error, description) = ReadError(body);
        var wait = answer.Headers.RetryAfter?.Delta;
        return error switch
        {
            "invalid_request" when description.Contains("not accepted", StringComparison.Ordinal) =>
                Problem.Unauthenticated($"{at} does not accept the token that was shown"),
            "invalid_target" => Problem.Denied($"no trust policy of {at} gives this"),
            "temporarily_unavailable" => Problem.Unavailable(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{at} asks to wait{(wait is { } time ? $" {time.TotalSeconds:0} s" : "")}: {description}"
                ),
                wait
            ),
            "" => _exchange.Stranger(),
            _ => Problem.Invalid($"{at} refuses the request, {error}: {description}"),
        };
    }

    private static (string Error, string Description) ReadError(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject document
                ? ((string?)document["error"] ?? "", (string?)document["error_description"] ?? "")
                : ("", "");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return ("", "");
        }
    }
}

/// <param name="Lifetime">From now.</param>
public sealed record GivenGitToken(Secret Token, TimeSpan Lifetime);
