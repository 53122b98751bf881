using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console;

/// <summary>Debian's Chromium, started once for a class of tests; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";
    private IPlaywright? _playwright;

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Lack { get; } =
        File.Exists(Path) ? null : $"{Path} is not there; run: apt-get install -y chromium";

    public IBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Lack is not null)
            return;
        _playwright = await Playwright.CreateAsync();
        // Chromium's own sandbox refuses to run as root.
        string[] rootOnly = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        string[] quiet =
        [
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        Browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Path, Args = [.. rootOnly, .. quiet] }
        );
    }

    public async Task DisposeAsync()
    {
        if (_playwright is null)
            return;
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
