using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Connectors.Entra;
using Bascule.Core;

namespace Bascule.Connectors.ResourceManager;

/// <summary>Access tokens, kept in memory per subject until shortly before their end; nothing is stored.</summary>
internal sealed class ArmLogin(ArmOptions options, TimeProvider time, Action<string>? detail) : IDisposable
{
    private const int MaxSubjects = 1000;

    /// <summary>Long enough for one exchange.</summary>
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>A token is not begun with when less than this is left of it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly EntraLogin _entra = new(
        new EntraOptions(options.Subject, options.Authority, options.CaFile),
        detail
    );
    private readonly ConcurrentDictionary<string, EntraToken> _held = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose()
    {
        _entra.Dispose();
        _turn.Dispose();
    }

    /// <summary>The value of the Authorization header.</summary>
    public async Task<Result<Secret>> AuthorizationAsync(ArmSession session, CancellationToken cancellationToken)
    {
        var subject = SubjectOf(session);
        if (Find(subject) is { } held)
            return held;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Find(subject) is { } meanwhile)
                return meanwhile;
            var asked = await FreshAsync(session, cancellationToken);
            if (asked.Failed(out var problem))
                return problem;
            if (_held.Count >= MaxSubjects)
                _held.Clear();
            _held[subject] = asked.Value;
            return asked.Value.Authorization;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Azure refused this one: the next call gets another.</summary>
    public void Forget(ArmSession session, Secret authorization)
    {
        var subject = SubjectOf(session);
        if (_held.TryGetValue(subject, out var held) && ReferenceEquals(held.Authorization, authorization))
            _held.TryRemove(subject, out _);
    }

    private Secret? Find(string subject) =>
        _held.TryGetValue(subject, out var held) && time.GetUtcNow() < held.Ends - Margin ? held.Authorization : null;

    private string SubjectOf(ArmSession session) =>
        options.Account is ArmAccount.Federation federation
            ? $"{ClientOf(federation, session)} {session.Identity.Subject}"
            : "";

    private static string ClientOf(ArmAccount.Federation federation, ArmSession session) =>
        session.IsPlanning
            ? federation.Planner ?? throw new InvalidOperationException("nobody was named who may make plans")
            : federation.Client;

    private Task<Result<EntraToken>> FreshAsync(ArmSession session, CancellationToken cancellationToken) =>
        options.Account switch
        {
            ArmAccount.Federation federation => ExchangeAsync(federation, session, cancellationToken),
            ArmAccount.Managed managed => _entra.AskAsync(
                EntraLogin.Managed(managed.Client),
                options.Scope,
                null,
                cancellationToken
            ),
            _ => throw new InvalidOperationException("an unknown kind of account"),
        };

    private Task<Result<EntraToken>> ExchangeAsync(
        ArmAccount.Federation federation,
        ArmSession session,
        CancellationToken cancellationToken
    )
    {
        var client = ClientOf(federation, session);
        var assertion = new EntraAssertion(
            federation.Tenant,
            client,
            federation.Audience,
            session.Identity.Subject,
            stop => session.Identity.AssertAsync(federation.Audience, AssertionLifetime, stop)
        );
        // One credential per exchange: it would keep its token, and say later what another run says of itself.
        Task<Result<EntraToken>> AskAsync(CancellationToken stop) =>
            _entra.AskAsync(_entra.Federated(assertion), options.Scope, assertion, stop);
        var details = new JsonObject
        {
            ["audience"] = federation.Audience,
            ["client"] = client,
            ["subject"] = session.Identity.Subject,
        };
        return session.Audit is { } audit
            ? audit.CallAsync(
                "entra.token.exchange",
                federation.Tenant,
                details,
                (_, stop) => AskAsync(stop),
                cancellationToken
            )
            : AskAsync(cancellationToken);
    }
}
