using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Server.Health;

/// <summary>A handler that begins nothing once Bascule is stopping.</summary>
internal sealed class DrainedHandler(IWorkHandler inner, Drain drain) : IWorkHandler
{
    public string Kind => inner.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (!drain.TryEnter())
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        try
        {
            return await inner.HandleAsync(item, cancellationToken);
        }
        finally
        {
            drain.Leave();
        }
    }

    public Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) => inner.AbandonAsync(item, problem, cancellationToken);
}
