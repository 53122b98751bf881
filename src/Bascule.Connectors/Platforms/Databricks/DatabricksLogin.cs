using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>For whom a call is made, and where it is written down.</summary>
/// <param name="Audit">Null for <c>doctor</c>, which changes nothing.</param>
internal sealed record DatabricksSession(IRunIdentity Identity, ICallAudit? Audit);

/// <summary>
/// A run's token becomes a workspace token (RFC 8693). Kept in memory per subject until shortly before its end; nothing is stored.
/// </summary>
internal sealed class DatabricksLogin(OutboundClient http, DatabricksOptions options, string issuer, TimeProvider time)
{
    private const string Path = "/oidc/v1/token";
    private const string Doing = "exchange the run's token";
    private const int MaxSubjects = 1000;

    /// <summary>The workspace token lives no longer than this one.</summary>
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromMinutes(15);

    /// <summary>A token is not begun with when less than this is left of it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Held> _held = new();

    public async Task<Result<Secret>> TokenAsync(DatabricksSession session, CancellationToken cancellationToken)
    {
        var held = _held.GetOrAdd(session.Identity.Subject, _ => new Held());
        await held.Turn.WaitAsync(cancellationToken);
        try
        {
            if (held.Token is { } token && time.GetUtcNow() < held.UseUntil)
                return token;
            var fresh = await ExchangeAsync(session, cancellationToken);
            if (fresh.Failed(out var problem))
                return problem;
            (held.Token, held.UseUntil) = (fresh.Value.Token, fresh.Value.UseUntil);
            return fresh.Value.Token;
        }
        finally
        {
            held.Turn.Release();
            if (_held.Count > MaxSubjects)
                DropExpired();
        }
    }

    /// <summary>The workspace refused this token: the next call gets another.</summary>
    public void Forget(DatabricksSession session, Secret token)
    {
        if (_held.TryGetValue(session.Identity.Subject, out var held) && ReferenceEquals(held.Token, token))
            held.Token = null;
    }

    private Task<Result<WorkspaceToken>> ExchangeAsync(DatabricksSession session, CancellationToken cancellationToken)
    {
        var details = new JsonObject
        {
            ["audience"] = options.Audience,
            ["client"] = options.Client,
            ["subject"] = session.Identity.Subject,
        };
        return session.Audit is { } audit
            ? audit.CallAsync(
                "databricks.token.exchange",
                options.Workspace,
                details,
                stop => AskAsync(session.Identity, stop),
                cancellationToken
            )
            : AskAsync(session.Identity, cancellationToken);
    }

    private async Task<Result<WorkspaceToken>> AskAsync(IRunIdentity identity, CancellationToken cancellationToken)
    {
        var asserted = await identity.AssertAsync(options.Audience, AssertionLifetime, cancellationToken);
        if (asserted.Failed(out var refused))
            return refused;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token"] = asserted.Value.Reveal(),
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["scope"] = "all-apis",
                ["client_id"] = options.Client,
            }
        );
        var asked = time.GetUtcNow();
        var request = new OutboundRequest(HttpMethod.Post, Path, Doing) { Content = form };
        var sent = await http.SendAsync(request, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        var answer = sent.Value;
        if (answer.Status is 400 or 401 or 403)
            return Explain(answer, identity, asserted.Value);
        var read = DatabricksAnswer.Read(answer, DatabricksJson.Default.TokenAnswer);
        return read.Failed(out problem) ? problem : Take(read.Value, asked);
    }

    private Result<WorkspaceToken> Take(TokenAnswer answer, DateTimeOffset asked)
    {
        if (string.IsNullOrEmpty(answer.AccessToken) || answer.ExpiresIn is not > 0)
            return Problem.Unavailable($"{options.Subject}: cannot {Doing}: the answer holds no token with an end");
        var lifetime = TimeSpan.FromSeconds(double.Min(answer.ExpiresIn.Value, AssertionLifetime.TotalSeconds));
        var margin = lifetime / 4 < Margin ? lifetime / 4 : Margin;
        return new WorkspaceToken(new Secret(answer.AccessToken), asked + lifetime - margin);
    }

    private Problem Explain(OutboundAnswer answer, IRunIdentity identity, Secret assertion)
    {
        var refusal = JsonReading.Read(answer.Body, DatabricksJson.Default.TokenRefusal);
        var said = refusal.Problem is null ? $"{refusal.Value.Error}: {refusal.Value.ErrorDescription}" : "no reason";
        var words = StatusProblem.Clean(said.Replace(assertion.Reveal(), "***", StringComparison.Ordinal));
        return Problem.Denied(
            $"{options.Subject}: the workspace does not let the run in ({words}). Its service principal '{options.Client}' needs a federation policy "
                + $"with exactly issuer '{issuer}', subject '{identity.Subject}' and audience '{options.Audience}'. An account administrator adds it with: "
                + FederationCommand.Create(issuer, identity.Subject, options.Audience)
        );
    }

    private void DropExpired()
    {
        foreach (var (subject, held) in _held)
            if (held.UseUntil < time.GetUtcNow())
                _held.TryRemove(subject, out _);
    }

    private sealed class Held
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public Secret? Token { get; set; }
        public DateTimeOffset UseUntil { get; set; }
    }

    private sealed record WorkspaceToken(Secret Token, DateTimeOffset UseUntil);
}
