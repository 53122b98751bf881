using Bascule.Core.Runs;
using Bascule.Server.Tests.Drift;
using Bascule.Server.Tests.Lineage;
using Bascule.Testing.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Console;

/// <summary>The console in a real browser: what it prints about our pages, and what people see (artifacts/screenshots).</summary>
public sealed class ConsoleBrowserTests(Chromium chromium) : InBrowser(chromium), IAsyncLifetime
{
    private LocalServer _server = null!;
    private Run _run = null!;
    private Run _traced = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(
            services =>
            {
                services.AddSingleton<IMetricGoals, SampleGoals>();
                SampleDrift.Services(services);
            },
            routes: SampleForges.Map
        );
        _run = SampleRuns.Fill(_server);
        _traced = SampleLineage.Fill(_server);
        _server.Lineage.Observed.Add(SampleLineage.AnObserved(_traced.Commit));
        _server.Drift.Standings.Add(SampleDrift.Found(_traced));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

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
            await LookAsync(page, new Uri(_server.Local, path), name, theme, whole: name != "runs");
        ShouldNotComplain();
    }

    [AxeTheory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task HoldsNothingAgainstThoseWhoCannotSeeWell(string theme)
    {
        var page = await OpenAsync(theme);
        foreach (var (name, path) in Pages())
        {
            await page.GotoAsync(new Uri(_server.Local, path).AbsoluteUri);
            (await Axe.FindAsync(page)).ShouldBeEmpty(name);
        }
    }

    /// <summary>Otherwise the test above could look at nothing.</summary>
    [AxeFact]
    public async Task WhatKeepsSomebodyOutIsFound()
    {
        var page = await OpenAsync();
        await page.GotoAsync(new Uri(_server.Local, "/deliveries").AbsoluteUri);
        await page.EvaluateAsync("document.querySelector('main').append(document.createElement('button'))");

        (await Axe.FindAsync(page)).ShouldHaveSingleItem().ShouldStartWith("button-name");
    }

    [BrowserFact]
    public async Task FollowsARunWithoutBeingAsked()
    {
        var page = await OpenAsync();
        var run = _server.Runs.Add(RunBuilder.ARun(RunState.Started));
        await page.GotoAsync(new Uri(_server.Local, $"/runs/{run.Id}").AbsoluteUri);

        _server.Runs.Replace(run with { State = RunState.Failed, Reason = "exit code 1" });

        await page.Locator(".notice.bad", new() { HasTextString = "exit code 1" }).WaitForAsync();
        await page.Locator("html[data-refreshed=yes]").WaitForAsync();
        ShouldNotComplain();
    }

    [BrowserFact]
    public async Task SaysThatNobodyAnswersAnyMore()
    {
        var page = await OpenAsync();
        await page.GotoAsync(_server.Local.AbsoluteUri);
        await page.Context.SetOfflineAsync(true);

        await page.Locator("[data-link-state]", new() { HasTextString = "No answer since" }).WaitForAsync();

        (await page.Locator("tbody tr").CountAsync()).ShouldBeGreaterThan(0, "what was shown stays");
    }

    [BrowserFact]
    public async Task KeepsTheChosenThemeAndThePage()
    {
        var page = await OpenAsync("light", 380);
        await page.GotoAsync(new Uri(_server.Local, "/?state=failed").AbsoluteUri);

        await page.GetByLabel("Dark theme").ClickAsync();

        await page.Locator("html[data-theme=dark]").WaitForAsync();
        new Uri(page.Url).PathAndQuery.ShouldBe("/?state=failed");
        var ground = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        ground.ShouldBe("rgb(14, 19, 25)");
        ShouldNotComplain();
    }

    [BrowserFact]
    public async Task IsWalkedByKeyboard()
    {
        var page = await OpenAsync();
        await page.GotoAsync(new Uri(_server.Local, "/deliveries").AbsoluteUri);

        await page.Keyboard.PressAsync("Tab");
        var first = await page.EvaluateAsync<string>("document.activeElement.textContent");
        var ring = await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
        await page.Keyboard.PressAsync("Enter");

        (first, ring).ShouldBe(("Skip to content", "solid"));
        new Uri(page.Url).PathAndQuery.ShouldBe("/deliveries");
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("main");
    }

    [BrowserFact]
    public async Task IsCompleteWithoutScript()
    {
        var page = await OpenAsync(change: options => options.JavaScriptEnabled = false);
        await page.GotoAsync(new Uri(_server.Local, $"/runs/{_run.Id}").AbsoluteUri);

        (await page.Locator("time").First.TextContentAsync()).ShouldNotBeNull().ShouldEndWith("UTC");
        (await page.Locator(".metrics li").CountAsync()).ShouldBe(4);
        await page.GetByLabel("Dark theme").ClickAsync();
        await page.Locator("html[data-theme=dark]").WaitForAsync();
    }

    private IEnumerable<(string Name, string Path)> Pages() =>
        [
            ("runs", "/"),
            ("run", $"/runs/{_run.Id}"),
            ("run-started", $"/runs/{Newest(RunState.Started)}"),
            ("run-refused", $"/runs/{Newest(RunState.Refused)}"),
            ("deliveries", "/deliveries"),
            ("approvals-local", "/approvals"),
            ("forges", SampleForges.Path),
            ("lineage", $"/lineage?of={_traced.Commit}"),
            ("lineage-model", $"/lineage?of={SampleLineage.Model}%407"),
            ("lineage-empty", "/lineage"),
            ("environments", "/environments"),
            ("missing", "/nothing"),
        ];

    private RunId Newest(RunState state) =>
        _server.Runs.ListAsync(new RunFilter(State: state), CancellationToken.None).Result[0].Id;
}
