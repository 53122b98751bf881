using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Writing;
using Npgsql;

namespace Bascule.Storage.Postgres.Writing;

/// <summary>
/// The one connection by which this replica writes: a thread that takes everything queued into one transaction (group commit). A batch is first written
/// as a whole; only when one of its requests is refused is it done again with a savepoint for each, since savepoints cost a round trip.
/// </summary>
internal sealed class PostgresWriter : IWriter, IAsyncDisposable
{
    private const int MaxRepeats = 5;
    private readonly WriteQueue _queue;
    private readonly NpgsqlDataSource _source;
    private readonly string _server;
    private readonly WorkSignal _signal;
    private readonly Func<ShardLease?> _lease;
    private PostgresSession? _session;

    /// <param name="lease">The lease under which the caller writes, if any.</param>
    public PostgresWriter(NpgsqlDataSource source, string server, WorkSignal signal, Func<ShardLease?> lease)
    {
        _source = source;
        _server = server;
        _signal = signal;
        _lease = lease;
        _queue = new WriteQueue(server, () => Write(Take()));
    }

    public Task<Result<T>> WriteAsync<T>(Func<WriteSession, Result<T>> write, CancellationToken cancellationToken) =>
        _queue.WriteAsync(new WriteRequest<T>(write, _lease(), cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _session?.Dispose();
    }

    private List<WriteRequest> Take()
    {
        var taken = new List<WriteRequest>();
        while (taken.Count < WriteQueue.Limit && _queue.TryTake(out var request))
            taken.Add(request);
        return taken;
    }

    private void Write(List<WriteRequest> requests)
    {
        if (requests.Count == 0)
            return;
        try
        {
            for (var repeat = 0; ; repeat++)
            {
                try
                {
                    WriteOnce(requests);
                    break;
                }
                catch (Exception failure) when (repeat < MaxRepeats && PostgresFailure.IsRepeatable(failure))
                {
                    _session!.Rollback();
                }
            }
            foreach (var request in requests)
                request.Answer();
        }
        catch (Exception failure)
        {
            Abandon(requests, failure);
        }
    }

    private void WriteOnce(List<WriteRequest> requests)
    {
        var session = _session ??= PostgresSession.Open(_source);
        var batch = new PostgresBatch(session, requests);
        if (!batch.WriteTogether())
            batch.WriteApart();
        var woken = session.WorkChanged;
        session.WorkChanged = false;
        if (woken)
            _signal.Wake();
    }

    /// <summary>The connection is not used again: nobody knows what state it is in, and the server undoes what was not committed.</summary>
    private void Abandon(List<WriteRequest> requests, Exception failure)
    {
        try
        {
            _session?.Dispose();
        }
        catch (Exception broken) when (PostgresFailure.IsMachinery(broken)) { }
        _session = null;
        var told = PostgresFailure.IsMachinery(failure) ? PostgresFailure.Describe(_server, failure) : failure;
        foreach (var request in requests)
            request.Fail(told);
    }
}
