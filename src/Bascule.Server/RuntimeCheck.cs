using System.Reflection;
using Bascule.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bascule.Server;

/// <summary>
/// Refuses a web server that lets smuggled requests through (THREATS T20): CVE-2025-55315, a bare LF in a chunk extension, was mended in ASP.NET Core
/// 10.0.0-rc.2, and no release candidate is supported any more. So the oldest one taken is 10.0.0 itself.
/// </summary>
internal static class RuntimeCheck
{
    private static readonly Version Oldest = new(10, 0, 0);

    /// <summary>The version of the web server in this process, with its label, e.g. <c>10.0.2</c> or <c>10.0.0-rc.1.25451.107</c>.</summary>
    public static string Running { get; } =
        typeof(KestrelServerOptions)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";

    /// <summary>Denied, with the remedy, below the oldest version or when the version cannot be told.</summary>
    public static Result<Done> Judge(string version)
    {
        var dash = version.IndexOf('-', StringComparison.Ordinal);
        var (number, label) = dash < 0 ? (version, "") : (version[..dash], version[(dash + 1)..]);
        var isTaken =
            Version.TryParse(number, out var parsed)
            && (parsed > Oldest || (parsed == Oldest && label is "" or ['r', 't', 'm', ..]));
        return isTaken
            ? Result.Done
            : Problem.Denied(
                $"this ASP.NET Core is version '{version}', and Bascule starts from {Oldest} on, where CVE-2025-55315 is mended; install a newer ASP.NET Core runtime"
            );
    }
}
