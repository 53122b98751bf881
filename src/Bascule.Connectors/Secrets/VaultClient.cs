using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Secrets;

namespace Bascule.Connectors.Secrets;

/// <summary>
/// Vault's HTTP API, version 1. Logs in when it has to and keeps the token in memory until shortly before its end; stores nothing. Every request says
/// X-Vault-Request, as servers that run behind a guard against forged requests demand.
/// </summary>
internal sealed class VaultClient(VaultOptions options, IRunIdentity? identity, OutboundClient http, TimeProvider time)
    : IDisposable
{
    private const string TokenHeader = "X-Vault-Token";
    private const string LogIn = "log in";
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>A token without end is asked for anew now and then all the same.</summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Secret? _token;
    private DateTimeOffset _useUntil;

    public static VaultClient Open(
        VaultOptions options,
        IRunIdentity? identity,
        TimeProvider time,
        Action<string>? detail
    ) =>
        new(
            options,
            identity,
            new OutboundClient(
                new OutboundOptions
                {
                    Subject = VaultOptions.Subject,
                    Url = options.Url,
                    CaFile = options.CaFile,
                    Time = time,
                    Detail = detail,
                    MaxAnswerBytes = 1024 * 1024,
                }
            ),
            time
        );

    public void Dispose()
    {
        http.Dispose();
        _turn.Dispose();
    }

    /// <summary>Calls; a token that is not taken any more is replaced once.</summary>
    /// <param name="make">Makes the request anew for each attempt.</param>
    public async Task<Result<T>> CallAsync<T>(
        Func<OutboundRequest> make,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var token = await TokenAsync(cancellationToken);
            if (token.Failed(out var refused))
                return refused;
            var sent = await http.SendAsync(With(make(), token.Value), cancellationToken);
            if (sent.Failed(out var problem))
                return problem;
            if (sent.Value.Status == 403 && attempt == 1 && Forget(token.Value))
                continue;
            return sent.Value.IsSuccess ? sent.Value.Read(type) : Explain(sent.Value, token.Value);
        }
    }

    private async Task<Result<Secret>> TokenAsync(CancellationToken cancellationToken)
    {
        if (options.TokenFile is { } file)
            return LocalSecrets.TryRead(new FileSecret(file), out var read, out var fault)
                ? read
                : fault.For($"{VaultOptions.Subject}.login.token_file");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _token is { } held && time.GetUtcNow() < _useUntil ? held : await LogInAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Result<Secret>> LogInAsync(CancellationToken cancellationToken)
    {
        var jwt = options.Jwt!;
        var asserted = await jwt.Token.AssertAsync(identity, cancellationToken);
        if (asserted.Failed(out var unsigned))
            return unsigned with { Message = $"{VaultOptions.Subject}: cannot {LogIn}: {unsigned.Message}" };
        var body = new VaultLoginBody(jwt.Role, asserted.Value.Reveal());
        var path = $"/v1/auth/{Escaped(jwt.Mount)}/login";
        var request = OutboundRequest.Send(HttpMethod.Post, path, LogIn, body, VaultJson.Default.VaultLoginBody);
        var asked = time.GetUtcNow();
        var sent = await http.SendAsync(With(request, null), cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        if (!sent.Value.IsSuccess)
            return Rejected(sent.Value, jwt, asserted.Value);
        var answer = sent.Value.Read(VaultJson.Default.VaultLoginAnswer);
        if (answer.Failed(out var unreadable))
            return unreadable;
        if (answer.Value.Auth is not { ClientToken.Length: > 0 } auth)
            return Problem.Unavailable($"{VaultOptions.Subject}: cannot {LogIn}: the answer holds no token");
        var lease = auth.LeaseDuration > 0 ? TimeSpan.FromSeconds(auth.LeaseDuration) : LongestUse;
        _useUntil = asked + (lease < LongestUse ? lease : LongestUse) - (lease / 4 < Margin ? lease / 4 : Margin);
        return _token = new Secret(auth.ClientToken);
    }

    /// <summary>False when there is no other token to be had.</summary>
    private bool Forget(Secret token)
    {
        if (options.TokenFile is null && ReferenceEquals(_token, token))
            _token = null;
        return options.TokenFile is null;
    }

    private OutboundRequest With(OutboundRequest request, Secret? token)
    {
        var headers = new Dictionary<string, Secret> { ["X-Vault-Request"] = new("true") };
        if (token is not null)
            headers[TokenHeader] = token;
        if (options.Namespace is { } space)
            headers["X-Vault-Namespace"] = new Secret(space);
        return request with { Headers = headers };
    }

    private static Problem Rejected(OutboundAnswer answer, VaultJwt jwt, Secret assertion) =>
        answer.Status is 400 or 403
            ? Problem.Denied(
                $"{answer.Failing}: Vault does not let Bascule in{Said(answer, assertion)}; compare role '{jwt.Role}' of auth/{jwt.Mount} with what Bascule's token says: "
                    + $"bound_audiences '{jwt.Token.Audience}', bound_subject '{SecretIdentity.Subject("vault")}', and the issuer"
            )
            : Explain(answer, assertion);

    private static Problem Explain(OutboundAnswer answer, Secret credential) =>
        answer.AsProblem(Said(answer, credential) is { Length: > 0 } said ? said : null)!;

    /// <summary>Vault's words, never what was sent to it.</summary>
    private static string Said(OutboundAnswer answer, Secret credential)
    {
        var read = JsonReading.Read(answer.Body, VaultJson.Default.VaultErrors);
        var words = read.Problem is null ? string.Join(", ", read.Value.Errors ?? []) : "";
        return words.Length == 0
            ? ""
            : $" ({StatusProblem.Clean(words.Replace(credential.Reveal(), "***", StringComparison.Ordinal))})";
    }

    /// <summary>Each part of a path with slashes as a segment of its own.</summary>
    public static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
