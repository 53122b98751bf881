using Bascule.Server.Tests.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.World;

/// <summary>The whole server on two free ports of loopback; the forge and platform of its settings are never asked.</summary>
internal static class RunningHost
{
    public static async Task<Host> StartAsync(SettingsFolder folder)
    {
        var yaml = SettingsFolder
            .WithoutCollectors(SettingsFolder.WithoutSignIn())
            .Replace("  tls: { certificate: tls.pem, key: tls.key }\n", "", StringComparison.Ordinal)
            .Replace("0.0.0.0:8443", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("key: \"pkcs11:audit/01\"", "key: local", StringComparison.Ordinal)
            .Replace("https://otel.example.com:4318", "http://127.0.0.1:1", StringComparison.Ordinal);
        var (settings, problems) = folder.Load(yaml);
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            default
        );
        started.Problem.ShouldBeNull();
        return started.Value;
    }
}
