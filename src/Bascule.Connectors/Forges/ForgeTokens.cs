using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges;

/// <summary>The token of the settings, which they may leave out where one is sealed in the database.</summary>
internal static class ForgeTokens
{
    private const string Token = "token";

    /// <summary>Null when there is none, or something is wrong with it; that is in the reader then.</summary>
    public static Secret? ForgeToken(this SettingReader settings, ConnectionHost host) =>
        settings.NeedsForgeToken() ? settings.RequiredSecret(Token, host) : null;

    public static bool NeedsForgeToken(this SettingReader settings) =>
        settings.Find(Token) is not null || settings.Find("credential") is null;
}
