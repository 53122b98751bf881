using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Simulators;
using Bascule.Testing.Runs;
using Microsoft.Playwright;
using static Bascule.Server.Tests.Console.SampleApprovals;

namespace Bascule.Server.Tests.Console;

/// <summary>Approving in a real browser, with its cookie and over TLS.</summary>
public sealed class ApprovalBrowserTests(Chromium chromium) : InBrowser(chromium), IAsyncLifetime
{
    private readonly LoopbackAuthority _authority = new();
    private LocalServer _server = null!;
    private Run _run = null!;

    protected override IReadOnlyList<string> Expected { get; } = ["403"];

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(roles: Roles, authority: _authority);
        _server.People.Add(Grace);
        _server.People.Add(Vera);
        SampleRuns.Fill(_server);
        _run = _server.Runs.Add(AWaitingRun(30));
        var gone = AnApproval(_run, "p-ada") with { VoidedAt = RunBuilder.Noon, VoidedBecause = "a newer push" };
        _server.Approvals.State = AState(
            _run,
            gone,
            AnApproval(_run, "p-linus") with
            {
                Comment = "compared with last week's metrics",
            }
        ) with
        {
            Policy = new ApprovalPolicy(2, [Leads]) { BreakGlass = true },
        };
        _server.Approvals.Checks = [Linked];
        _server.Approvals.IsRemembered = true;
        _server.Approvals.Becomes = run => run with { State = RunState.Queued, Reason = null };
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    [BrowserFact]
    public async Task ALeadApprovesWithoutAScript()
    {
        var page = await OpenAsync(Grace, change: options => options.JavaScriptEnabled = false);
        await page.GotoAsync(PageOf("/approvals"));

        await page.Locator(".waiting a.row-link").First.ClickAsync();
        (await page.Locator("details.plan[open] pre").IsVisibleAsync()).ShouldBeTrue(
            "nobody approves what he did not see"
        );
        await page.GetByLabel("Comment").FillAsync("looks good");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

        await page.Locator("h1 .state", new() { HasTextString = "Queued" }).WaitForAsync();
        _server.Approvals.Asked.ShouldHaveSingleItem().ShouldEndWith("p-grace looks good");
        ShouldNotComplain();
    }

    [BrowserFact]
    public async Task IsApprovedByKeyboardAlone()
    {
        var page = await OpenAsync(Grace);
        await page.GotoAsync(PageOf($"/runs/{_run.Id}"));

        await page.GetByLabel("Comment").FocusAsync();
        await page.Keyboard.TypeAsync("fine");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        await page.Locator("h1 .state", new() { HasTextString = "Queued" }).WaitForAsync();
        _server.Approvals.Asked.ShouldBe([$"give {_run.Id} p-grace fine"]);
        ShouldNotComplain();
    }

    [BrowserFact]
    [Trait("Threat", "T97")]
    public async Task AFormOfAnotherPlanIsNeverChangedUnderTheHandAndRefused()
    {
        var page = await OpenAsync(Grace);
        await page.GotoAsync(PageOf($"/runs/{_run.Id}"));

        _server.Runs.Replace(_run with { Plan = """{"x":1}""", Reason = "planned anew" });
        await page.Locator(".notice", new() { HasTextString = "planned anew" }).WaitForAsync();
        (await page.Locator("details.plan pre").TextContentAsync())!.ShouldContain("train.py");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

        await page.GetByText("changed since you looked at it").WaitForAsync();
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [BrowserFact]
    [Trait("Threat", "T58")]
    public async Task AViewerIsRefused()
    {
        var page = await OpenAsync(Vera);
        await page.GotoAsync(PageOf($"/runs/{_run.Id}"));

        (await page.Locator("main form").CountAsync()).ShouldBe(0);
        await page.GetByText("to approve a run takes the role approver").First.WaitForAsync();
        // What they would do who write their own form.
        await page.EvaluateAsync(
            """
            () => {
              const form = document.createElement("form");
              form.method = "post";
              form.action = location.pathname + "/approve";
              document.body.append(form);
              form.submit();
            }
            """
        );

        await page.GetByText("You may not approve a run").WaitForAsync();
        _server.Approvals.Asked.ShouldBeEmpty();
    }

    [BrowserTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 1240)]
    [InlineData("light", 380)]
    [InlineData("dark", 380)]
    [Trait("Threat", "T124")]
    public async Task ShowsEveryPageWithoutAComplaint(string theme, int width)
    {
        var page = await OpenAsync(Grace, theme, width);
        foreach (var (name, path) in Pages())
            await LookAsync(page, new Uri(PageOf(path)), name, theme);
        _server.Approvals.Checks = [Linked, Wrote, Stale];
        await LookAsync(page, new Uri(PageOf($"/runs/{_run.Id}")), "run-waiting-refused", theme);
        ShouldNotComplain();
    }

    [AxeTheory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task HoldsNothingAgainstThoseWhoCannotSeeWell(string theme)
    {
        var page = await OpenAsync(Grace, theme);
        foreach (var (name, path) in Pages())
        {
            await page.GotoAsync(PageOf(path));
            (await Axe.FindAsync(page)).ShouldBeEmpty(name);
        }
    }

    private IEnumerable<(string Name, string Path)> Pages() =>
        [
            ("run-waiting", $"/runs/{_run.Id}"),
            ("approvals", "/approvals"),
            ("explain", "/people/explain"),
            ("explain-answer", $"/people/explain?as=p-vera&act=approve_run&run={_run.Id}"),
            ("runs-signed-in", "/"),
        ];

    private string PageOf(string path) => new Uri(_server.Public, path).AbsoluteUri;

    private async Task<IPage> OpenAsync(
        Person person,
        string theme = "light",
        int width = 1240,
        Action<BrowserNewContextOptions>? change = null
    )
    {
        var page = await OpenAsync(
            theme,
            width,
            options =>
            {
                options.IgnoreHTTPSErrors = true;
                change?.Invoke(options);
            }
        );
        var session = _server.Sessions.Cookie(person.ToActor(DateTimeOffset.UtcNow));
        await page.Context.AddCookiesAsync([
            new()
            {
                Name = SessionTokens.CookieName,
                Value = session,
                Url = _server.Public.AbsoluteUri,
                Secure = true,
                HttpOnly = true,
                SameSite = SameSiteAttribute.Lax,
            },
        ]);
        return page;
    }
}
