using Bascule.Server.Tests.Console;
using Bascule.Server.Tests.SignIn;
using Bascule.Testing;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Accounts;

/// <summary>A person links accounts in a real browser: at Gitea by its pages, at Gogs by a comment. No script is needed.</summary>
public sealed class AccountBrowserTests(Chromium chromium, AccountStage stage)
    : IClassFixture<Chromium>,
        IClassFixture<AccountStage>
{
    private readonly List<string> _complaints = [];

    [BrowserTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 380)]
    public async Task LinksAnAccountAtGiteaByItsOwnPages(string theme, int width)
    {
        var name = $"web-{theme}";
        var (visitor, person) = await stage.PersonAsync(name);
        var page = await OpenAsync(visitor, theme, width);

        await page.GotoAsync(new Uri(stage.Url, "/account").AbsoluteUri);
        await ShootAsync(page, $"account-empty-{theme}-{width}");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("Prove it at") }).ClickAsync();
        await ShootAsync(page, $"account-proof-{theme}-{width}");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Continue at") }).ClickAsync();
        await page.Locator("input[name=user_name]").FillAsync(name);
        await page.Locator("input[name=password]").FillAsync(AccountStage.Password);
        await page.Locator("button").ClickAsync();
        await page.GetByText("Authorize Bascule").Last.ClickAsync();

        await page.GetByText("The account is linked").WaitForAsync();
        await ShootAsync(page, $"account-linked-{theme}-{width}");
        (await stage.LinksAsync(person)).ShouldHaveSingleItem().Login.ShouldBe(name);
        _complaints.ShouldBeEmpty();
    }

    [BrowserTheory]
    [InlineData("light", 380)]
    [InlineData("dark", 1240)]
    public async Task LinksAnAccountAtGogsByACommentAndUnlinksIt(string theme, int width)
    {
        var name = $"gogs-{theme}";
        var (visitor, person) = await stage.PersonAsync(name);
        var page = await OpenAsync(visitor, theme, width);

        await page.GotoAsync(new Uri(stage.Url, "/account").AbsoluteUri);
        await page.Locator("form[action='account/links/gogs/code'] button").ClickAsync();
        var code = await page.Locator("[data-code]").InnerTextAsync();
        await ShootAsync(page, $"account-code-{theme}-{width}");
        var (address, _) = stage.Write("gogs", name, code);
        await page.GetByLabel("Address of the issue").FillAsync($"{stage.Gogs.BaseAddress}acme/links/issues/9999");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find my comment" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await ShootAsync(page, $"account-refused-{theme}-{width}");
        await page.GetByLabel("Address of the issue").FillAsync(address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Find my comment" }).ClickAsync();

        await page.GetByText("The account is linked").WaitForAsync();
        (await stage.LinksAsync(person)).ShouldHaveSingleItem().Login.ShouldBe(name);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("Unlink") }).ClickAsync();
        await page.GetByText("is not linked to you any more").WaitForAsync();
        (await stage.LinksAsync(person)).ShouldBeEmpty();
    }

    private async Task<IPage> OpenAsync(Visitor visitor, string theme, int width)
    {
        var context = await chromium.Browser.NewContextAsync(
            new()
            {
                IgnoreHTTPSErrors = true,
                JavaScriptEnabled = false,
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new() { Width = width, Height = 800 },
            }
        );
        await context.AddCookiesAsync([
            new Cookie
            {
                Name = "__Host-bascule",
                Value = visitor.SessionCookie!,
                Url = stage.Url.AbsoluteUri,
                Secure = true,
                HttpOnly = true,
                SameSite = SameSiteAttribute.Lax,
            },
        ]);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Location.StartsWith(stage.Url.AbsoluteUri, StringComparison.Ordinal))
                _complaints.Add(message.Text);
        };
        page.SetDefaultTimeout(60_000);
        return page;
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(
            new()
            {
                Path = RepositoryFolder.PathOf(Path.Combine("artifacts", "screenshots", $"{name}.png")),
                FullPage = true,
            }
        );
        var width = page.ViewportSize!.Width;
        var box = (await page.Locator("main").BoundingBoxAsync()).ShouldNotBeNull();
        (box.X >= 0 && box.X + box.Width <= width).ShouldBeTrue($"{name} does not fit {width} px");
    }
}
