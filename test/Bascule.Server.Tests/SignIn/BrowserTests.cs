using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.Console;
using Bascule.Simulators;
using Bascule.Testing;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.SignIn;

/// <summary>Chromium, https under a private CA, and a real provider that is not ours (npm oidc-provider): signed in, and out by every way there is.</summary>
public sealed class BrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly LoopbackAuthority _authority = new();
    private readonly Uri _url = SignInStage.NewAddress();
    private readonly List<string> _complaints = [];
    private OidcProvider _provider = null!;
    private Host _host = null!;
    private IPage _page = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Lack is not null || NodeOracle.Missing is not null)
            return;
        File.WriteAllText(_folder.Path("ca.pem"), _authority.CaPem);
        var users = new Dictionary<string, OidcUser>
        {
            ["ann"] = new()
            {
                Name = "Ann Example",
                Email = "ann@example.com",
                Groups = ["ml-leads"],
            },
        };
        _provider = await OidcProvider.StartAsync(users, [Web()], _folder.Path("ca.pem"));
        _host = await SignInStage.StartHostAsync(_folder, _authority, _url, SignIn());
        _page = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    [PeerFact]
    public async Task APersonSignsInAndOut()
    {
        await SignInAsync();

        var cookie = (await CookieAsync()).ShouldNotBeNull();
        (cookie.Secure, cookie.HttpOnly, cookie.SameSite, cookie.Path).ShouldBe(
            (true, true, SameSiteAttribute.Lax, "/")
        );
        var actor = (await FindAsync(cookie.Value)).ShouldNotBeNull();
        (actor.Name, actor.Subject).ShouldBe(("Ann Example", new Subject(_provider.Issuer, "ann")));
        actor.Groups.ShouldBe(["ml-leads"]);
        _complaints.ShouldBeEmpty();
    }

    [PeerFact]
    [Trait("Threat", "T44")]
    public async Task AnotherBrowserCannotFinishTheSignIn()
    {
        using var mallory = new Visitor(_url, _authority.CaPem);
        await mallory.GetAsync("/sign-in/corp");
        using var atProvider = new ScriptedPerson(_provider, "ann");
        var back = (await atProvider.GoAsync(mallory.Location!)).ShouldNotBeNull(atProvider.Page);
        back.AbsolutePath.ShouldBe("/sign-in/corp/callback");

        await _page.GotoAsync(back.AbsoluteUri);

        (await CookieAsync()).ShouldBeNull();
        await _page.GetByText("was not begun in this browser").WaitForAsync();
        await _page.ScreenshotAsync(new() { Path = Screenshot("sign-in-refused.png") });
    }

    [PeerFact]
    [Trait("Threat", "T45")]
    public async Task SigningOutAtTheProviderSignsOutHere()
    {
        await SignInAsync();
        var token = (await CookieAsync())!.Value;

        await _page.GotoAsync($"{_provider.Issuer}/session/end");
        await _page.GetByRole(AriaRole.Button).First.ClickAsync();

        await ShouldEndAsync(token);
    }

    [PeerFact]
    [Trait("Threat", "T45")]
    public async Task DeletingTheRowSignsOut()
    {
        await SignInAsync();
        var token = (await CookieAsync())!.Value;

        await _host
            .Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new EndSession(SessionToken.Read(token)!.Digest)], default);

        await ShouldEndAsync(token);
    }

    [PeerFact]
    [Trait("Threat", "T45")]
    public async Task WhoIsDisabledAtTheProviderDoesNotComeInAgain()
    {
        await SignInAsync();
        await _provider.DisableUserAsync("ann");
        await _page.Context.ClearCookiesAsync(new() { Name = SessionTokens.CookieName });

        await _page.GotoAsync(new Uri(_url, "/sign-in/corp").AbsoluteUri);

        (await CookieAsync()).ShouldBeNull();
    }

    [PeerTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 1240)]
    [InlineData("light", 380)]
    [InlineData("dark", 380)]
    [Trait("Threat", "T124")]
    public async Task ThePagesFitEveryScreenAndNeedNoScript(string theme, int width)
    {
        var page = await OpenAsync(theme, width, script: false);
        foreach (var (name, path) in new[] { ("sign-in", "/sign-in"), ("signed-out", "/signed-out?provider=corp") })
        {
            await page.GotoAsync(new Uri(_url, path).AbsoluteUri);
            await page.ScreenshotAsync(new() { Path = Screenshot($"{name}-{theme}-{width}.png") });
            var box = (await page.Locator(".door").BoundingBoxAsync()).ShouldNotBeNull();
            (box.X >= 0 && box.X + box.Width <= width).ShouldBeTrue($"{name} does not fit {width} px");
        }
        await page.GetByText("Sign in again").ClickAsync();
        var scripted = await OpenAsync(theme, width);
        await scripted.GotoAsync(new Uri(_url, "/sign-in?fresh=1").AbsoluteUri);
        (await Axe.FindAsync(scripted)).ShouldBeEmpty();
        await page.GetByText("Company account").WaitForAsync();
        _complaints.ShouldBeEmpty();
    }

    private async Task SignInAsync()
    {
        await ProveAsync(_page);
        await WaitAsync(async () => await CookieAsync() is not null);
    }

    /// <summary>From our page through the provider's forms.</summary>
    private async Task ProveAsync(IPage page)
    {
        await page.GotoAsync(new Uri(_url, "/sign-in?return=%2Fsigned-out").AbsoluteUri);
        await page.GetByText("Company account").ClickAsync();
        await page.Locator("input[name=login]").FillAsync("ann");
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.Locator("input[name=prompt][value=consent]")
            .WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Locator("button[type=submit]").ClickAsync();
    }

    private async Task<BrowserContextCookiesResult?> CookieAsync() =>
        (await _page.Context.CookiesAsync()).FirstOrDefault(cookie => cookie.Name == SessionTokens.CookieName);

    private Task<Core.People.Actor?> FindAsync(string token) =>
        _host.Services.GetRequiredService<ISessions>().FindAsync(new Secret(token), default);

    private Task ShouldEndAsync(string token) => WaitAsync(async () => await FindAsync(token) is null);

    private static async Task WaitAsync(Func<Task<bool>> until)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !await until(); await Task.Delay(50))
            DateTime.UtcNow.ShouldBeLessThan(deadline);
    }

    private async Task<IPage> OpenAsync(string theme = "light", int width = 1240, bool script = true)
    {
        var context = await chromium.Browser.NewContextAsync(
            new()
            {
                IgnoreHTTPSErrors = true,
                JavaScriptEnabled = script,
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new() { Width = width, Height = 800 },
            }
        );
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Location.StartsWith(_url.AbsoluteUri, StringComparison.Ordinal))
                _complaints.Add(message.Text);
        };
        page.SetDefaultTimeout(60_000);
        return page;
    }

    private OidcClient Web() =>
        OidcClient.Web("bascule", PliableIssuer.Secret, $"{_url.OriginalString}/sign-in/corp/callback") with
        {
            PostLogoutRedirectUris = [$"{_url.OriginalString}/signed-out"],
            BackChannelLogoutUri = $"{_url.OriginalString}/sign-in/corp/logout",
            BackChannelLogoutSessionRequired = true,
        };

    private string SignIn() =>
        $$"""
              corp:
                issuer: "{{_provider.Issuer}}"
                client: bascule
                secret: "file:web-secret"
                title: Company account
                scopes: [openid, profile, email, groups]
            """;

    private static string Screenshot(string name) =>
        RepositoryFolder.PathOf(Path.Combine("artifacts", "screenshots", name));

    /// <summary>Runs where both are: Debian's Chromium, and Node.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PeerFactAttribute : FactAttribute
    {
        public PeerFactAttribute() => Skip = Chromium.Lack ?? NodeOracle.Missing;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PeerTheoryAttribute : TheoryAttribute
    {
        public PeerTheoryAttribute() => Skip = Chromium.Lack ?? NodeOracle.Missing;
    }
}
