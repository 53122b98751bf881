namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Lets at most so many calls begin in any one second: exact for a limit by window, and below one by bucket.</summary>
internal sealed class CallPace(int perSecond, TimeProvider time) : IDisposable
{
    /// <summary>A second, and what the network may squeeze calls together.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1.05);

    private readonly Queue<DateTimeOffset> _begun = new(perSecond);
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (
                _begun.Count == perSecond
                && _begun.Dequeue() + Window - time.GetUtcNow() is var wait
                && wait > TimeSpan.Zero
            )
                await Task.Delay(wait, time, cancellationToken);
            _begun.Enqueue(time.GetUtcNow());
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
