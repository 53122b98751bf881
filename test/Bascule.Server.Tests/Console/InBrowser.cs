using Bascule.Testing;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console;

/// <summary>Tests in a real browser: what it complains about, and what people see (artifacts/screenshots).</summary>
public abstract class InBrowser(Chromium chromium) : IClassFixture<Chromium>
{
    private readonly List<string> _complaints = [];

    /// <summary>A complaint that holds one of these is about an answer that the test asked for.</summary>
    protected virtual IReadOnlyList<string> Expected { get; } = ["404"];

    protected async Task<IPage> OpenAsync(
        string theme = "light",
        int width = 1240,
        Action<BrowserNewContextOptions>? change = null
    )
    {
        var options = new BrowserNewContextOptions
        {
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = 800 },
        };
        change?.Invoke(options);
        var page = await (await chromium.Browser.NewContextAsync(options)).NewPageAsync();
        page.Console += (_, message) =>
        {
            var complaint = $"{message.Text} at {message.Location}";
            if (
                message.Type is "error" or "warning"
                && !Expected.Any(part => complaint.Contains(part, StringComparison.Ordinal))
            )
                _complaints.Add(complaint);
        };
        page.PageError += (_, message) => _complaints.Add(message);
        page.SetDefaultTimeout(60_000);
        return page;
    }

    /// <summary>Keeps a picture of the page, and refuses one that is wider than its window.</summary>
    protected static async Task LookAsync(IPage page, Uri address, string name, string theme, bool whole = true)
    {
        await page.GotoAsync(address.AbsoluteUri);
        var width = page.ViewportSize!.Width;
        await page.ScreenshotAsync(new() { Path = Screenshot($"{name}-{theme}-{width}.png"), FullPage = whole });
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        overflow.ShouldBeLessThanOrEqualTo(0, $"{name} scrolls sideways at {width} px");
    }

    protected void ShouldNotComplain() => _complaints.ShouldBeEmpty();

    protected static string Screenshot(string name) =>
        RepositoryFolder.PathOf(Path.Combine("artifacts", "screenshots", name));
}
