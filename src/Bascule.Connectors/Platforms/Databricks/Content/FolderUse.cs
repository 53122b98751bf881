using System.Collections.Concurrent;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Who in this process uses a repository's uploads: many starts at once, or one collection alone.</summary>
internal sealed class FolderUse
{
    private readonly ConcurrentDictionary<string, Folder> _folders = new();

    /// <summary>Waits for a collection to end; the uploads are in use until disposed.</summary>
    public async Task<IDisposable> BeginAsync(string repository, CancellationToken cancellationToken)
    {
        var folder = Of(repository);
        await folder.Gate.WaitAsync(cancellationToken);
        Interlocked.Increment(ref folder.Users);
        folder.Gate.Release();
        return new End(folder);
    }

    /// <summary>Does the work while nobody else begins; not at all when another one is in the middle of it.</summary>
    public async Task WhenAloneAsync(string repository, Func<Task> work, CancellationToken cancellationToken)
    {
        var folder = Of(repository);
        await folder.Gate.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref folder.Users) == 0)
                await work();
        }
        finally
        {
            folder.Gate.Release();
        }
    }

    private Folder Of(string repository) => _folders.GetOrAdd(repository, _ => new Folder());

    private sealed class Folder
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public int Users;
    }

    private sealed class End(Folder folder) : IDisposable
    {
        private int _done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
                Interlocked.Decrement(ref folder.Users);
        }
    }
}
