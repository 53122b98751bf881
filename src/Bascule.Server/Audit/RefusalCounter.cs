using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;

namespace Bascule.Server.Audit;

/// <summary>
/// Counts refusals before authentication into one entry a minute per source and reason, so that an attacker cannot fill the log (ARCHITECTURE 2.8).
/// </summary>
public sealed class RefusalCounter(AuditTrail trail, TimeProvider time) : MinuteCounter(time)
{
    private const int MaxSources = 1000;
    private const string Others = "others";
    private ConcurrentDictionary<(string Source, string Reason, RefusalKind Kind), int> _counts = new();

    /// <summary>Never waits and never fails; memory is bounded however many sources there are.</summary>
    public void Count(string source, string reason, RefusalKind kind = RefusalKind.Delivery)
    {
        var counts = _counts;
        var key = (counts.Count < MaxSources ? source : Others, reason, kind);
        counts.AddOrUpdate(key, 1, (_, count) => count + 1);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        var counted = Interlocked.Exchange(ref _counts, new());
        foreach (var ((source, reason, kind), count) in counted)
            await trail.WriteAsync(Entry(source, reason, kind, count), cancellationToken);
    }

    private static AuditEntry Entry(string source, string reason, RefusalKind kind, int count) =>
        new(TypeOf(kind), $"source:{source}")
        {
            Decision = new AuditDecision(false, RuleOf(kind), reason),
            Facts = new JsonObject { ["count"] = count },
        };

    private static string TypeOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.SignIn => AuditTypes.SignInsRefused,
            RefusalKind.Exchange => AuditTypes.ExchangesRefused,
            RefusalKind.Git or RefusalKind.GitLimit => AuditTypes.GitRefused,
            _ => AuditTypes.DeliveriesRefused,
        };

    private static string RuleOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.SignIn => "sign_in",
            RefusalKind.Exchange => "exchange",
            RefusalKind.Git => "git",
            RefusalKind.GitLimit => "git.limits",
            _ => "intake",
        };
}

/// <summary>What was refused.</summary>
public enum RefusalKind
{
    Delivery,
    SignIn,
    Exchange,
    Git,

    /// <summary>By a limit on what requests to the Git proxy may cost.</summary>
    GitLimit,
}
