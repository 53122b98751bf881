using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Text;
using Bascule.Server.Telemetry;

namespace Bascule.Server.Audit;

/// <summary>Writes an entry before and after each call that changes something outside.</summary>
/// <param name="links">What the calls belong to: the run, the delivery, the repository.</param>
public sealed class CallAudit(AuditTrail trail, IReadOnlyDictionary<string, string> links) : ICallAudit
{
    private const int LongestReason = 300;

    public async Task<Result<T>> CallAsync<T>(
        string operation,
        string target,
        JsonObject? details,
        Func<CallId, CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    )
    {
        var id = CallId.New();
        var begun = await WriteAsync(AuditTypes.CallBegun, id, Facts(operation, target, details), cancellationToken);
        if (begun.Failed(out var unwritten))
            return unwritten;
        var result = await ObserveAsync(operation, token => call(id, token), cancellationToken);
        var outcome = Facts(operation, target, details: null);
        outcome["ok"] = result.Problem is null;
        if (result.Problem is { } problem)
        {
            outcome["problem"] = problem.Code.ToString();
            outcome["reason"] = PlainText.Line(problem.Message, LongestReason);
        }
        // The call has been made: its result stands even when this second entry is late. The first one is what allowed it.
        _ = await WriteAsync(AuditTypes.CallEnded, id, outcome, cancellationToken);
        return result;
    }

    private async Task<Result<T>> ObserveAsync<T>(
        string operation,
        Func<CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    )
    {
        using var span = Spans.Call(operation, links);
        try
        {
            var result = await call(cancellationToken);
            span?.End(result.Problem);
            trail.Metrics.Called(operation, result.Problem?.Code);
            return result;
        }
        catch
        {
            span?.End(Problem.Internal("thrown"));
            trail.Metrics.Called(operation, ProblemCode.Internal);
            throw;
        }
    }

    private static JsonObject Facts(string operation, string target, JsonObject? details)
    {
        var facts = new JsonObject { ["operation"] = operation, ["target"] = target };
        if (details is not null)
            facts["details"] = details.DeepClone();
        return facts;
    }

    private Task<Result<Done>> WriteAsync(
        string type,
        CallId id,
        JsonObject facts,
        CancellationToken cancellationToken
    ) =>
        trail.WriteAsync(
            new AuditEntry(type, "bascule")
            {
                Links = new Dictionary<string, string>(links) { ["call"] = id.ToString() },
                Facts = facts,
            },
            cancellationToken
        );
}
