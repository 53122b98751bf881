using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Server.Tests.Exchange;

namespace Bascule.Server.Tests.Audit;

/// <summary>A token for git is given, refused, counted and revoked.</summary>
internal static class ExchangeStory
{
    public static async Task<IReadOnlyList<JsonObject>> PlayAsync()
    {
        var stage = new ExchangeStage();
        await stage.InitializeAsync();
        try
        {
            var given = await stage.ExchangeAsync(stage.Token());
            await stage.ExchangeAsync(stage.Token(), scope: "git:push");
            await stage.ExchangeAsync("rubbish");
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
