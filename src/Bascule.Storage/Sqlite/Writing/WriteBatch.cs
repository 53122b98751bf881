using Bascule.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite.Writing;

/// <summary>One transaction for many requests. Each has its own savepoint: one that is refused or fails takes nothing of the others with it.</summary>
internal sealed class WriteBatch(SqliteSession session, string path)
{
    private readonly List<WriteRequest> _written = [];
    private bool _begun;

    public int Count => _written.Count;

    /// <exception cref="SqliteException">The disk or the file is broken: the whole batch must be abandoned.</exception>
    public void Run(WriteRequest request)
    {
        _written.Add(request);
        Begin();
        session.Enter();
        try
        {
            if (!request.Run(session))
            {
                session.Undo();
            }
        }
        catch (Exception failure) when (!IsFatal(failure))
        {
            session.Undo();
            _written.Remove(request);
            request.Fail(failure);
        }
        session.Leave();
    }

    /// <summary>Makes everything durable, then answers.</summary>
    public void Commit()
    {
        if (_begun)
        {
            session.Commit();
        }
        foreach (var request in _written)
        {
            request.Answer();
        }
        Clear();
    }

    /// <summary>Undoes everything and tells everybody.</summary>
    public void Abandon(Exception failure)
    {
        var told = failure is SqliteException sqlite ? SqliteFailure.Describe(path, sqlite) : failure;
        foreach (var request in _written)
        {
            request.Fail(told);
        }
        Clear();
        session.Rollback();
    }

    private void Begin()
    {
        if (!_begun)
        {
            session.Begin();
            _begun = true;
        }
    }

    private void Clear()
    {
        _written.Clear();
        _begun = false;
    }

    private bool IsFatal(Exception failure) =>
        session.IsIdle || (failure is SqliteException sqlite && SqliteFailure.IsMachinery(sqlite));
}
