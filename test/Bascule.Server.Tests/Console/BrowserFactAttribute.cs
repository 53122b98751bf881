namespace Bascule.Server.Tests.Console;

/// <summary>Runs where Debian's Chromium is; elsewhere the reason is printed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Lack;
}

/// <summary>As <see cref="BrowserFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Lack;
}

internal static class Browser
{
    public const string Path = "/usr/bin/chromium";

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Lack { get; } =
        File.Exists(Path) ? null : $"{Path} is not there; run: apt-get install -y chromium";
}
