using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Who Bascule is in a workspace.</summary>
internal static class DatabricksIdentity
{
    /// <summary>The principal's names.</summary>
    public static async Task<Result<string>> AskAsync(
        DatabricksClient client,
        DatabricksSession session,
        CancellationToken cancellationToken
    )
    {
        var me = await client.GetAsync(
            session,
            "/api/2.0/preview/scim/v2/Me",
            "ask who we are",
            ScimJson.Default.Identity,
            cancellationToken
        );
        return me.Failed(out var problem)
            ? problem
            : StatusProblem.Clean($"{me.Value.DisplayName ?? me.Value.UserName} ({me.Value.UserName})");
    }
}
