using System.Text.Json.Nodes;

namespace Bascule.Core.Audit;

/// <summary>Writes down every call that changes something outside: no entry, no call (ARCHITECTURE 2.8).</summary>
public interface ICallAudit
{
    /// <summary>
    /// Appends an entry that the call is about to be made, makes it, and appends its result. Unavailable, and no call made, when the entry cannot be written.
    /// </summary>
    /// <param name="operation">A stable word for the call, e.g. <c>databricks.runs.submit</c>.</param>
    /// <param name="target">What it acts on: a path, an id. Never a secret.</param>
    /// <param name="details">More facts, small; never a secret. Null for none.</param>
    /// <param name="call">Makes it; gets the id that its entries have.</param>
    Task<Result<T>> CallAsync<T>(
        string operation,
        string target,
        JsonObject? details,
        Func<CallId, CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    );
}

public static class CallAuditExtensions
{
    /// <summary>The same for a call that does not take the id with it.</summary>
    public static Task<Result<T>> CallAsync<T>(
        this ICallAudit audit,
        string operation,
        string target,
        JsonObject? details,
        Func<CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    ) => audit.CallAsync(operation, target, details, (_, token) => call(token), cancellationToken);
}
