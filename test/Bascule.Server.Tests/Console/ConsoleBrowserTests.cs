using System.Runtime.CompilerServices;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console;

/// <summary>The console in a real browser: what it prints about our pages, and what people see (artifacts/screenshots).</summary>
public sealed class ConsoleBrowserTests : IAsyncLifetime
{
    private readonly List<string> _complaints = [];
    private LocalServer _server = null!;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(services => services.AddSingleton<IMetricGoals, SampleGoals>());
        _run = SampleRuns.Fill(_server);
        if (!File.Exists(BrowserTheoryAttribute.Chromium))
            return;
        _playwright = await Playwright.CreateAsync();
        string[] rootOnly = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = BrowserTheoryAttribute.Chromium,
                Args =
                [
                    .. rootOnly,
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await _server.DisposeAsync();
    }

    [BrowserTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 1240)]
    [InlineData("light", 380)]
    [InlineData("dark", 380)]
    [Trait("Threat", "T124")]
    public async Task ShowsEveryPageWithoutAComplaint(string theme, int width)
    {
        var page = await OpenAsync(theme, width);
        foreach (var (name, path) in Pages())
        {
            await page.GotoAsync(new Uri(_server.Local, path).AbsoluteUri);

            await page.ScreenshotAsync(
                new() { Path = Screenshot($"{name}-{theme}-{width}.png"), FullPage = name != "runs" }
            );
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
            overflow.ShouldBeLessThanOrEqualTo(0, $"{name} scrolls sideways at {width} px");
        }
        _complaints.ShouldBeEmpty();
    }

    private IEnumerable<(string Name, string Path)> Pages() =>
        [
            ("runs", "/"),
            ("run", $"/runs/{_run.Id}"),
            ("run-started", $"/runs/{Newest(RunState.Started)}"),
            ("run-refused", $"/runs/{Newest(RunState.Refused)}"),
            ("deliveries", "/deliveries"),
            ("missing", "/nothing"),
        ];

    private RunId Newest(RunState state) =>
        _server.Runs.ListAsync(new RunFilter(State: state), CancellationToken.None).Result[0].Id;

    private async Task<IPage> OpenAsync(string theme, int width)
    {
        var context = await _browser!.NewContextAsync(
            new()
            {
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new() { Width = width, Height = 800 },
            }
        );
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("404", StringComparison.Ordinal))
                _complaints.Add(message.Text);
        };
        page.PageError += (_, message) => _complaints.Add(message);
        return page;
    }

    private static string Screenshot(string name, [CallerFilePath] string source = "")
    {
        var root = Path.GetFullPath("../../..", Path.GetDirectoryName(source)!);
        return Path.Combine(root, "artifacts", "screenshots", name);
    }
}
