using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bascule.Server.Api;

/// <summary>
/// Tells the local listener from the public one. The connection itself carries the mark, so no port has to be known and a request
/// that came by any other way is not local.
/// </summary>
public static class LocalListener
{
    /// <summary>Marks the connections of this listener. For loopback addresses only.</summary>
    public static ListenOptions AsLocalListener(this ListenOptions listen)
    {
        listen.Use(next =>
            connection =>
            {
                connection.Features.Set(LocalConnection.Mark);
                return next(connection);
            }
        );
        return listen;
    }

    public static bool IsLocal(this HttpContext context) => context.Features.Get<LocalConnection>() is not null;

    private sealed class LocalConnection
    {
        public static readonly LocalConnection Mark = new();
    }
}
