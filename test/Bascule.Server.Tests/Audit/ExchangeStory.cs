using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Server.Tests.Exchange;

namespace Bascule.Server.Tests.Audit;

/// <summary>A token for git is given, refused, counted and revoked.</summary>
internal static class ExchangeStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync(SecretTrap trap)
    {
        var stage = new ExchangeStage();
        await stage.InitializeAsync();
        try
        {
            var given = await stage.ExchangeAsync(trap.Take("subject token", stage.Token()));
            trap.Take("git token", given.Token!);
            await stage.ExchangeAsync(stage.Token(), scope: "git:push");
            await stage.ExchangeAsync(trap.Take("unknown token", "rubbish-7f3a9c"));
            await stage.PostAsync("/oauth/revoke", [("token", given.Token)]);
            return
            [
                .. await stage.EntriesAsync(AuditTypes.GitTokenGiven),
                .. await stage.EntriesAsync(AuditTypes.GitTokenRefused),
                .. await stage.EntriesAsync(AuditTypes.GitTokenRevoked),
                .. await stage.EntriesAsync(AuditTypes.ExchangesRefused),
            ];
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }
}
