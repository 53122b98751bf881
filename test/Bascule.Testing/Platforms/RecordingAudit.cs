using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Testing.Platforms;

/// <summary>Keeps what was written down; can be made to fail as a full disk would.</summary>
public sealed class RecordingAudit : ICallAudit
{
    public ConcurrentQueue<(string Operation, string Target, string? Details, Problem? Result)> Entries { get; } = [];

    public ConcurrentQueue<CallId> Ids { get; } = [];

    /// <summary>When set, no entry can be written.</summary>
    public Problem? Failing { get; set; }

    public IEnumerable<string> Operations => Entries.Select(entry => entry.Operation);

    public async Task<Result<T>> CallAsync<T>(
        string operation,
        string target,
        JsonObject? details,
        Func<CallId, CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    )
    {
        if (Failing is { } problem)
            return problem;
        var id = CallId.New();
        var result = await call(id, cancellationToken);
        Ids.Enqueue(id);
        Entries.Enqueue((operation, target, details?.ToJsonString(), result.Problem));
        return result;
    }
}
