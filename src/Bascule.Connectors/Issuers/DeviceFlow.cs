using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>What a person types, and where.</summary>
/// <param name="Complete">The address that holds the code already; null when the provider has none.</param>
public sealed record DeviceCode(
    Secret Code,
    string UserCode,
    Uri Address,
    Uri? Complete,
    TimeSpan Lifetime,
    TimeSpan Interval
);

/// <summary>Signs in where there is no browser (RFC 8628), as a public client.</summary>
public sealed class DeviceFlow(
    IssuerOptions options,
    ProviderMetadata metadata,
    string client,
    TimeProvider time,
    Action<string>? detail = null
) : IDisposable
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);
    private readonly OriginClients _clients = new(options, time, detail);

    public async Task<Result<DeviceCode>> BeginAsync(IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        if (metadata.DeviceAuthorization is not { } endpoint)
            return Problem.Invalid($"{options.Subject}: it has no device flow; sign in with a browser");
        var request = new OutboundRequest(HttpMethod.Post, endpoint.PathAndQuery, "begin a sign-in")
        {
            Content = new FormUrlEncodedContent([new("client_id", client), new("scope", string.Join(' ', scopes))]),
        };
        var sent = await _clients.For(endpoint).SendAsync(request, cancellationToken);
        if (sent.Failed(out var silent))
            return silent;
        if (sent.Value.AsProblem(Words(sent.Value)) is { } refused)
            return refused;
        var read = sent.Value.Read(ProviderJson.Default.DevicePayload);
        return read.Failed(out var problem) ? problem : Check(read.Value);
    }

    /// <summary>Asks at the pace that the provider wants until the person has decided. Denied when they said no; Unavailable when the code has run out.</summary>
    public async Task<Result<ProviderTokens>> WaitAsync(DeviceCode code, CancellationToken cancellationToken)
    {
        var interval = code.Interval;
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < code.Lifetime)
        {
            await Task.Delay(interval, time, cancellationToken);
            var asked = await TokenEndpoint.AskAsync(
                _clients,
                metadata,
                new ProviderLogin(client, Secret: null),
                "ask whether the sign-in is done",
                [new("grant_type", Grant), new("device_code", code.Code.Reveal())],
                cancellationToken
            );
            // Section 3.5: on a timeout go on, more slowly.
            if (asked.Failed(out _))
                interval = Slower(interval);
            else if (asked.Value.IsSuccess)
                return TokenEndpoint.Read(asked.Value);
            else if (TokenEndpoint.Refusal(asked.Value).Error is var error && error == "slow_down")
                interval = Slower(interval);
            else if (error != "authorization_pending")
                return Refused(asked.Value, error);
        }
        return RunOut();
    }

    public void Dispose() => _clients.Dispose();

    private static TimeSpan Slower(TimeSpan interval) =>
        interval + UsualInterval < LongestInterval ? interval + UsualInterval : LongestInterval;

    private Result<DeviceCode> Check(DevicePayload said)
    {
        if (
            said.DeviceCode is not { Length: > 0 } code
            || said.UserCode is not { Length: > 0 } userCode
            || Page(said.VerificationUri) is not { } page
        )
            return Problem.Invalid($"{options.Subject}: its device flow gives no code, or no address to type it at");
        return new DeviceCode(
            new Secret(code),
            StatusProblem.Clean(userCode),
            page,
            Page(said.VerificationUriComplete),
            Bound(said.ExpiresIn, LongestLifetime) ?? LongestLifetime,
            Bound(said.Interval, LongestInterval) ?? UsualInterval
        );
    }

    /// <summary>A person is going to open it: an address of the web and nothing else.</summary>
    private static Uri? Page(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var page)
        && (page.Scheme == Uri.UriSchemeHttps || (page.Scheme == Uri.UriSchemeHttp && page.IsLoopback))
            ? page
            : null;

    private static TimeSpan? Bound(long? seconds, TimeSpan most) =>
        seconds is not { } count || count <= 0 ? null
        : count < most.TotalSeconds ? TimeSpan.FromSeconds(count)
        : most;

    private Problem Refused(OutboundAnswer answer, string? error) =>
        error switch
        {
            "access_denied" => Problem.Denied($"{options.Subject}: the sign-in was refused there"),
            "expired_token" => RunOut(),
            _ => answer.AsProblem(Words(answer))!,
        };

    private Problem RunOut() =>
        Problem.Unavailable($"{options.Subject}: nobody finished the sign-in in time; run `bascule login` again");

    private static string? Words(OutboundAnswer answer)
    {
        var said = TokenEndpoint.Refusal(answer);
        return said.ErrorDescription ?? said.Error;
    }
}
