using System.Threading.Channels;
using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite.Writing;

/// <summary>
/// The only one who writes: a thread that takes everything queued into one transaction (group commit), so that one fsync serves all who wait.
/// An answer is given only after the commit is durable. Callers wait while the queue is full.
/// </summary>
internal sealed class SqliteWriter : IWriter, IAsyncDisposable
{
    private const int QueueLimit = 256;
    private const int BatchLimit = 256;
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteSession _session;
    private readonly WriteBatch _batch;
    private readonly WorkSignal _signal;
    private readonly string _path;

    public SqliteWriter(SqliteConnection connection, string path, WorkSignal signal)
    {
        _path = path;
        _signal = signal;
        _session = new SqliteSession(connection);
        _batch = new WriteBatch(_session, path);
        new Thread(WriteUntilClosed) { Name = "database writer", IsBackground = true }.Start();
    }

    public async Task<Result<T>> WriteAsync<T>(Func<WriteSession, Result<T>> write, CancellationToken cancellationToken)
    {
        var request = new WriteRequest<T>(write, lease: null, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new StorageException($"database {_path} is closed: Bascule is shutting down", closed);
        }
        return await request.Answered;
    }

    /// <summary>Writes what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
        _session.Dispose();
    }

    private void WriteUntilClosed()
    {
        // A thread of its own: it waits for the disk most of the time, and must go on when the pool's threads are all taken.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            WriteTogether();
        }
        _ended.TrySetResult();
    }

    private void WriteTogether()
    {
        try
        {
            while (_batch.Count < BatchLimit && _queue.Reader.TryRead(out var request))
            {
                _batch.Run(request);
            }
            _batch.Commit();
        }
        catch (Exception failure)
        {
            Abandon(failure);
        }
        if (_session.WorkChanged)
        {
            _session.WorkChanged = false;
            _signal.Wake();
        }
    }

    private void Abandon(Exception failure)
    {
        try
        {
            _batch.Abandon(failure);
        }
        catch (SqliteException)
        {
            // Everybody has been told already. If a transaction is still open, the next batch fails as loudly.
        }
    }
}
