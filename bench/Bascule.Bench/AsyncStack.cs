namespace Bascule.Bench;

/// <summary>Ends what was begun, the last first, unless all of it was.</summary>
internal sealed class AsyncStack : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _begun = [];

    public T Push<T>(T begun)
        where T : IAsyncDisposable
    {
        _begun.Push(begun);
        return begun;
    }

    /// <summary>All of it was begun: somebody else ends it.</summary>
    public void Keep() => _begun.Clear();

    public async ValueTask DisposeAsync()
    {
        while (_begun.TryPop(out var begun))
            await begun.DisposeAsync();
    }
}
