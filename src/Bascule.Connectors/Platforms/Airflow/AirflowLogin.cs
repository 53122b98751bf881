using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>
/// The value of the Authorization header. Tokens are kept in memory, per subject where they speak for a run, until shortly before their end; nothing is stored.
/// </summary>
internal sealed class AirflowLogin(OutboundClient http, AirflowOptions options, TimeProvider time) : IDisposable
{
    private const string Doing = "ask for a token";
    private const int MaxSubjects = 1000;

    /// <summary>Airflow's own tokens live for a day unless it says otherwise; a new one costs little.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, Held> _held = new();

    public void Dispose() => _turn.Dispose();

    public async Task<Result<Secret>> AuthorizationAsync(AirflowSession session, CancellationToken cancellationToken)
    {
        if (options is { Api: AirflowApi.V1, Account: AirflowAccount.Password basic })
            return basic.Word.Map(word =>
                $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{word}"))}"
            );
        var key = KeyOf(session);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_held.TryGetValue(key, out var held) && time.GetUtcNow() < held.UseUntil)
                return held.Authorization;
            var asked = time.GetUtcNow();
            var fresh = await FreshAsync(session, cancellationToken);
            if (fresh.Failed(out var problem))
                return problem;
            if (_held.Count >= MaxSubjects)
                DropEnded();
            var kept = options.Account is AirflowAccount.Signed ? AirflowDefaults.SignedFor / 2 : KeptFor;
            var authorization = fresh.Value.Map(token => $"Bearer {token}");
            _held[key] = new Held(authorization, asked + kept);
            return authorization;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Airflow refused this one. True when the next call gets another.</summary>
    public bool Forget(AirflowSession session, Secret authorization)
    {
        if (options.Api == AirflowApi.V1)
            return false;
        if (_held.TryGetValue(KeyOf(session), out var held) && ReferenceEquals(held.Authorization, authorization))
            _held.TryRemove(KeyOf(session), out _);
        return true;
    }

    private string KeyOf(AirflowSession session) =>
        options.Account is AirflowAccount.Signed ? session.Identity.Subject : "";

    private Task<Result<Secret>> FreshAsync(AirflowSession session, CancellationToken cancellationToken) =>
        options.Account switch
        {
            AirflowAccount.Signed signed => session.Identity.AssertAsync(
                signed.Audience,
                AirflowDefaults.SignedFor,
                cancellationToken
            ),
            AirflowAccount.Password password => session.WrittenAsync(
                "airflow.token.ask",
                password.User,
                stop => AskAsync(password, stop),
                cancellationToken
            ),
            _ => throw new InvalidOperationException("an unknown kind of account"),
        };

    private async Task<Result<Secret>> AskAsync(AirflowAccount.Password account, CancellationToken cancellationToken)
    {
        var word = account.Word.Reveal();
        var body = new JsonObject { ["username"] = account.User, ["password"] = word };
        var request = OutboundRequest.Send(HttpMethod.Post, "/auth/token", Doing, body, AirflowJson.Default.JsonObject);
        var sent = await http.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        if (sent.Value.Status is 401)
            account.Word.Doubt();
        var read = AirflowAnswer.Read(sent.Value, AirflowJson.Default.TokenAnswer, new Secret(word));
        if (read.Failed(out problem))
            return problem;
        return string.IsNullOrEmpty(read.Value.AccessToken)
            ? Problem.Unavailable($"{options.Subject}: cannot {Doing}: the answer holds no token")
            : new Secret(read.Value.AccessToken);
    }

    private void DropEnded()
    {
        foreach (var (subject, held) in _held)
            if (held.UseUntil < time.GetUtcNow())
                _held.TryRemove(subject, out _);
    }

    private sealed record Held(Secret Authorization, DateTimeOffset UseUntil);
}
