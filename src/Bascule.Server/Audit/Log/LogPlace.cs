using System.Globalization;

namespace Bascule.Server.Audit.Log;

/// <summary>Where a log is served, and what it is called by: its address without the scheme (c2sp.org/tlog-tiles).</summary>
internal static class LogPlace
{
    public const string Root = "/audit";

    /// <summary>The first log is at the root, the log of a later epoch beneath it.</summary>
    public static string PrefixOf(int log) =>
        log == 1 ? Root : string.Create(CultureInfo.InvariantCulture, $"{Root}/{log}");

    public static string OriginOf(Uri publicUrl, int log) =>
        $"{publicUrl.Authority}{publicUrl.AbsolutePath.TrimEnd('/')}{PrefixOf(log)}";
}
