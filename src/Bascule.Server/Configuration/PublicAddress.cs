using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads our own address. Others compare it character by character as a token's issuer, so there is one way to write it (THREATS T26).</summary>
internal static class PublicAddress
{
    private const string Remedy = "write https:// and the name by which others reach this server";

    public static Uri? Read(SettingReader top)
    {
        if (top.RequiredText("url", Remedy) is not { } text)
            return null;
        if (OutboundUrl.Read(text).Failed(out var problem))
            top.Refuse("url", problem.Message, Remedy);
        else if (new Uri(text).AbsolutePath != "/")
            top.Refuse("url", "has a path", "give Bascule a host name of its own");
        else
            return new Uri(text.TrimEnd('/'));
        return null;
    }
}
