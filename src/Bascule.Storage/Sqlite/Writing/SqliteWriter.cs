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
    private readonly WriteQueue _queue;
    private readonly SqliteSession _session;
    private readonly WriteBatch _batch;
    private readonly WorkSignal _signal;

    public SqliteWriter(SqliteConnection connection, string path, WorkSignal signal)
    {
        _signal = signal;
        _session = new SqliteSession(connection);
        _batch = new WriteBatch(_session, path);
        _queue = new WriteQueue(path, WriteTogether);
    }

    public Task<Result<T>> WriteAsync<T>(Func<WriteSession, Result<T>> write, CancellationToken cancellationToken) =>
        _queue.WriteAsync(new WriteRequest<T>(write, lease: null, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _session.Dispose();
    }

    private void WriteTogether()
    {
        try
        {
            while (_batch.Count < WriteQueue.Limit && _queue.TryTake(out var request))
            {
                _batch.Run(request);
            }
            _batch.Commit();
            _session.Tidy();
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
