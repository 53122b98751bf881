using Bascule.Core;
using Bascule.Core.Retention;
using Bascule.Storage.Stores;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>What belongs to a row goes with it: the tables say ON DELETE CASCADE.</summary>
internal static class RetentionChanges
{
    public static Problem? Apply(WriteSession session, ForgetDeliveries forget) =>
        Delete(session, "delivery", RetentionStore.OldDeliveries, forget.Before, forget.Limit);

    public static Problem? Apply(WriteSession session, ForgetRuns forget) =>
        Delete(session, "run", RetentionStore.OldRuns, forget.Before, forget.Limit);

    private static Problem? Delete(WriteSession session, string table, string old, DateTimeOffset before, int limit)
    {
        session.Execute(
            $"DELETE FROM {table} WHERE seq IN ({old})",
            new { Before = before.ToUnixTimeMilliseconds(), Limit = limit }
        );
        return null;
    }
}
