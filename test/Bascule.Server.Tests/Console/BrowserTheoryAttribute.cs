namespace Bascule.Server.Tests.Console;

/// <summary>Runs where Debian's Chromium is; elsewhere the reason is printed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public const string Chromium = "/usr/bin/chromium";

    public BrowserTheoryAttribute()
    {
        if (!File.Exists(Chromium))
            Skip = $"{Chromium} is not there; run: apt-get install -y chromium";
    }
}
