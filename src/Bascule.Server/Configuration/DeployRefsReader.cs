using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>deploy_refs</c>. Each name ends in its unit.</summary>
internal static class DeployRefsReader
{
    private const long MostHours = 7 * 24;
    private const long MostBytes = 1L << 30;

    public static DeployRefSettings Read(SettingReader top)
    {
        var usual = DeployRefSettings.Default;
        if (top.Map("deploy_refs") is not { } refs)
            return usual;
        if (!refs.Keys.Any())
            refs.Refuse("", "is empty", "write outage_hours: a number of hours, or remove it");
        var hours = refs.Number("outage_hours", 0, MostHours);
        var bytes = refs.Number("store_bytes", 0, MostBytes);
        refs.RefuseOthers();
        return new DeployRefSettings
        {
            Outage = hours is { } most ? TimeSpan.FromHours(most) : usual.Outage,
            StoreBytes = bytes ?? usual.StoreBytes,
        };
    }
}
