using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Testing.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console;

/// <summary>The pages about people in a real browser, looked at with the local token.</summary>
public sealed class PeopleBrowserTests(Chromium chromium) : InBrowser(chromium), IAsyncLifetime
{
    private static readonly RoleRule[] Rules =
    [
        new(0, Role.Viewer, [Selector.Parse("group:staff").Value]),
        new(1, Role.Approver, [Selector.Parse("group:ml-leads").Value])
        {
            Environments = new HashSet<string> { "ml-prod" },
        },
        new(2, Role.Admin, [Selector.Parse("group:platform").Value]),
    ];

    private LocalServer _server = null!;

    protected override IReadOnlyList<string> Expected { get; } = ["403"];

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(
            services => services.AddSingleton(new RoleRules(Rules)),
            routes: MapDenied
        );
        Add("p-abcdefghijklmnop", "Ada Lovelace", "staff", "ml-leads");
        Add(
            "p-bbbbbbbbbbbbbbbb",
            "Somebody with a name that is much longer than any table is wide on a telephone",
            "staff"
        );
        Add("p-cccccccccccccccc", "Cleo", "platform");
        Add("p-dddddddddddddddd", "Dora");
        _server.People.Add(Person("p-eeeeeeeeeeeeeeee", "Ed") with { RetiredAt = DateTimeOffset.UtcNow });
        _server.People.Add(new ForgeLink("forge1", 3, "ada", "p-abcdefghijklmnop", "oauth2", DateTimeOffset.UtcNow));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [BrowserTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 1240)]
    [InlineData("light", 380)]
    [InlineData("dark", 380)]
    [Trait("Threat", "T124")]
    public async Task ShowsPeopleWithoutAComplaint(string theme, int width)
    {
        var page = await OpenWithTokenAsync(theme, width);
        foreach (var (name, path) in Pages())
            await LookAsync(page, new Uri(_server.Local, path), name, theme);
        ShouldNotComplain();
    }

    [AxeTheory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task HoldsNothingAgainstThoseWhoCannotSeeWell(string theme)
    {
        var page = await OpenWithTokenAsync(theme, 1240);
        foreach (var (name, path) in Pages())
        {
            await page.GotoAsync(new Uri(_server.Local, path).AbsoluteUri);
            (await Axe.FindAsync(page)).ShouldBeEmpty(name);
        }
    }

    private Task<IPage> OpenWithTokenAsync(string theme, int width) =>
        OpenAsync(
            theme,
            width,
            options => options.ExtraHTTPHeaders = [new("Authorization", $"Bearer {_server.Token.Reveal()}")]
        );

    private static (string Name, string Path)[] Pages() =>
        [
            ("people", "/people"),
            ("person", "/people/p-abcdefghijklmnop"),
            ("person-retired", "/people/p-eeeeeeeeeeeeeeee"),
            ("denied", "/denied"),
        ];

    private void Add(string uid, string name, params string[] groups) =>
        _server.People.Add(Person(uid, name) with { Groups = groups });

    private static Person Person(string uid, string name) =>
        new(uid, new Subject("https://company.okta.com", "00u" + uid))
        {
            Name = name,
            FirstSeenAt = DateTimeOffset.UtcNow,
            LastSeenAt = DateTimeOffset.UtcNow.AddHours(-2),
        };

    private static void MapDenied(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/denied",
                (HttpContext context, Refusals refusals, RoleRules roles) =>
                    refusals.Denied(context, roles.DecideAnywhere(Person("p-x", "Dora").ToActor(null), Act.ReadPeople))
            )
            .WithMetadata(new Inside(IsPage: true))
            .IsOpen("shows how a refusal looks");
}
