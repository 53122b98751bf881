using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Server.Tests.Work;

/// <summary>Handles every row as the test says, and remembers in which order they came.</summary>
internal sealed class LabHandler : IWorkHandler
{
    public string Kind => "lab";

    public ConcurrentQueue<string> Handled { get; } = [];
    public ConcurrentQueue<string> Abandoned { get; } = [];

    /// <summary>What handling a row does; its end by default.</summary>
    public Func<WorkItem, CancellationToken, Task<WorkResult>> Act { get; set; } =
        (_, _) => Task.FromResult(WorkResult.Finished());

    /// <summary>What setting a row aside leaves behind.</summary>
    public Func<WorkItem, IReadOnlyList<Change>> Leave { get; set; } = _ => [];

    public Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        Handled.Enqueue(item.Subject);
        return Act(item, cancellationToken);
    }

    public Task<IReadOnlyList<Change>> AbandonAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        Abandoned.Enqueue($"{item.Subject}: {problem.Message}");
        return Task.FromResult(Leave(item));
    }
}
