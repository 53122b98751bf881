using System.Diagnostics;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Reading;

/// <summary>A test that needs bubblewrap and user namespaces; skipped with its reason where the machine has or allows none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SandboxFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public SandboxFactAttribute() => Skip = Missing.Value;

    private static string? FindMissing()
    {
        var start = new ProcessStartInfo(
            "bwrap",
            ["--unshare-all", "--ro-bind", "/", "/", "--", "/usr/bin/env", "true"]
        )
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        try
        {
            using var sandbox = Process.Start(start)!;
            var said = sandbox.StandardError.ReadToEnd();
            sandbox.WaitForExit();
            return sandbox.ExitCode == 0 ? null : $"not run: bubblewrap makes no sandbox here: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "not run: needs bubblewrap (Debian: apt-get install bubblewrap)";
        }
    }
}
