using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Retention;
using Bascule.Storage.Stores;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>What belongs to a row goes with it: the tables say ON DELETE CASCADE.</summary>
internal static class RetentionChanges
{
    public static Problem? Apply(WriteSession session, ForgetDeliveries forget) =>
        Delete(session, "delivery", "seq", RetentionStore.OldDeliveries, forget.Before, forget.Limit);

    public static Problem? Apply(WriteSession session, ForgetRuns forget) =>
        Delete(session, "run", "seq", RetentionStore.OldRuns, forget.Before, forget.Limit);

    public static Problem? Apply(WriteSession session, ForgetTokenUses forget) =>
        Delete(session, "used_token", "digest", RetentionStore.OldTokenUses, forget.Before, forget.Limit);

    public static Problem? Apply(WriteSession session, ForgetSessions forget) =>
        Delete(session, "session", "digest", SessionStore.Old, forget.Before, forget.Limit);

    public static Problem? Apply(WriteSession session, ForgetGitPasses forget) =>
        Delete(session, "git_pass", "digest", GitPassStore.Old, forget.Before, forget.Limit);

    private static Problem? Delete(
        WriteSession session,
        string table,
        string key,
        string old,
        DateTimeOffset before,
        int limit
    )
    {
        session.Execute(
            $"DELETE FROM {table} WHERE {key} IN ({old})",
            new { Before = before.ToUnixTimeMilliseconds(), Limit = limit }
        );
        return null;
    }
}
