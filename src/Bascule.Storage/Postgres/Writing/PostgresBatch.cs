using Bascule.Core.Work;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Postgres.Writing;

/// <summary>Many requests in one transaction.</summary>
internal sealed class PostgresBatch(PostgresSession session, List<WriteRequest> requests)
{
    private HashSet<ShardLease> _holding = [];

    /// <summary>False, and nothing kept, when a request does not fit.</summary>
    public bool WriteTogether()
    {
        Begin(together: true);
        try
        {
            if (!requests.TrueForAll(Runs))
            {
                session.Rollback();
                return false;
            }
            return session.Commit();
        }
        catch (Exception failure) when (!PostgresFailure.IsMachinery(failure) && !PostgresFailure.IsRepeatable(failure))
        {
            // It is one request's own failure: found again, and told to its caller alone, when each is written apart.
            session.Rollback();
            return false;
        }
    }

    /// <summary>Each with a savepoint of its own: one that is refused or fails takes nothing of the others with it.</summary>
    public void WriteApart()
    {
        Begin(together: false);
        foreach (var request in requests.ToList())
        {
            session.Savepoint();
            try
            {
                if (!Runs(request))
                    session.Undo();
            }
            catch (Exception failure)
                when (!PostgresFailure.IsMachinery(failure) && !PostgresFailure.IsRepeatable(failure))
            {
                session.Undo();
                requests.Remove(request);
                request.Fail(failure);
            }
            session.Keep();
        }
        session.Commit();
    }

    private void Begin(bool together) =>
        _holding = session.Begin(
            together,
            [.. requests.Select(request => request.Lease).OfType<ShardLease>().Distinct()]
        );

    private bool Runs(WriteRequest request)
    {
        if (request.Lease is not { } lease || _holding.Contains(lease))
            return request.Run(session);
        request.Refuse(lease.Lost);
        return false;
    }
}
