using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Bascule.Core;

namespace Bascule.Storage.Writing;

/// <summary>
/// What waits to be written, and the only thread that writes it: one of its own, since it waits for the disk most of the time and must go on when the
/// pool's threads are all taken. Callers wait while the queue is full.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>Requests of one transaction at most, and requests that may wait for the next one.</summary>
    public const int Limit = 256;

    private readonly Channel<WriteRequest> _waiting = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(Limit) { SingleReader = true }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _database;
    private readonly Action _write;

    /// <param name="database">What the database is called in messages.</param>
    /// <param name="write">Called when something waits; takes it by <see cref="TryTake"/>. Throws nothing.</param>
    public WriteQueue(string database, Action write)
    {
        (_database, _write) = (database, write);
        new Thread(WriteUntilClosed) { Name = "database writer", IsBackground = true }.Start();
    }

    public async Task<Result<T>> WriteAsync<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        try
        {
            await _waiting.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new StorageException($"database {_database} is closed: Bascule is shutting down", closed);
        }
        return await request.Answered;
    }

    /// <summary>The next one that still wants to be written.</summary>
    public bool TryTake([NotNullWhen(true)] out WriteRequest? request)
    {
        while (_waiting.Reader.TryRead(out request))
        {
            if (!request.IsCanceled)
                return true;
            request.Cancel();
        }
        return false;
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _ended.Task;
    }

    private void WriteUntilClosed()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            _write();
        _ended.TrySetResult();
    }
}
