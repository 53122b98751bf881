using System.Text.RegularExpressions;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Console;
using Bascule.Simulators.Forges;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Approvals;

/// <summary>
/// Pull request, plan, approve, merge, apply, as three people live it: in Chromium, signed in at a real provider that is not ours (npm oidc-provider), with real
/// git. Forge and platform are simulated.
/// </summary>
public sealed partial class FromPullRequestToRunTests(Chromium chromium) : InBrowser(chromium), IAsyncLifetime
{
    private const string Workflow = """
        workflows:
          churn:
            on: { push: { branches: [main], environment: ml-live } }
            databricks:
              task: { python: train.py, parameters: ["{{run}}", "{{model}}", "{{experiment}}"] }
              experiment: /Shared/churn
              model: churn.classifier
            report: { metrics: { auc: higher } }

        """;

    /// <summary>The provider's own pages ask for these in vain.</summary>
    protected override IReadOnlyList<string> Expected { get; } = ["fonts.googleapis.com", "favicon.ico"];

    private readonly int _port = LoopbackPort.Find();
    private OidcProvider _provider = null!;
    private BasculeStage _stage = null!;
    private StageRepository _repository = null!;

    private Uri Address => new($"https://127.0.0.1:{_port}");

    public async Task InitializeAsync()
    {
        if (PeerFactAttribute.Lack is not null)
            return;
        _provider = await OidcProvider.StartAsync(
            new Dictionary<string, OidcUser>
            {
                ["lea"] = new() { Name = "Lea Lead", Groups = ["staff", "ml-leads"] },
                ["vic"] = new() { Name = "Vic Viewer", Groups = ["staff"] },
            },
            [OidcClient.Web("web", "web-secret", $"https://127.0.0.1:{_port}/sign-in/corp/callback")]
        );
        _stage = await BasculeStage.SetAsync(new() { PublicPort = _port, MoreSettings = Settings() });
        await File.WriteAllTextAsync(Path.Combine(_stage.Folder, "web.secret"), "web-secret");
        await _stage.StartInProcessAsync();
        var files = StageSource.Files.ToDictionary();
        files[".bascule.yaml"] = Workflow;
        _repository = await _stage.CreateConnectedRepositoryAsync("churn", files);
        _stage.AddPerson("lea");
    }

    public async Task DisposeAsync()
    {
        if (_stage is not null)
            await _stage.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
    }

    [PeerFact]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T58")]
    public async Task AChangeIsPlannedApprovedMergedRunAndRefusedToWhoeverMayNot()
    {
        var lea = await SignInAsync("lea");
        await LinkAsync(lea);
        var pullRequest = await _repository.OpenPullRequestAsync("better-data");
        var plan = await ReadLinkAsync(pullRequest);

        var vic = await SignInAsync("vic");
        await vic.GotoAsync(plan.AbsoluteUri);
        await vic.GetByText("You may not approve it").WaitForAsync();
        (await vic.GetByRole(AriaRole.Button, new() { Name = "Approve" }).CountAsync()).ShouldBe(0);

        await lea.GotoAsync(new Uri(Address, "/approvals").AbsoluteUri);
        await lea.GetByRole(AriaRole.Link, new() { Name = "churn" }).First.ClickAsync();
        await lea.GetByRole(AriaRole.Link, new() { Name = "Sign in again to approve" }).ClickAsync();
        await lea.GetByText("Company account").ClickAsync();
        await ProveAsync(lea, "lea", lea.GetByLabel("Comment"));
        await lea.GetByLabel("Comment").FillAsync("looks good");
        await lea.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await lea.GetByText("You approved it").WaitForAsync();
        await _repository.WaitForCommentAsync(pullRequest, "`lea` approved");

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var held = _stage.Watch(passing =>
            passing.Path.Contains("runs/get", StringComparison.Ordinal) ? ended.Task : Task.CompletedTask
        );
        var merge = await MergeAsync(pullRequest);
        var run = await _stage.WaitForRunAsync(merge, found => found.Run.State == RunState.Started);
        await lea.GotoAsync(new Uri(Address, $"/runs/{run.Run.Id}").AbsoluteUri);
        await lea.Locator("h1", new() { HasText = "Started" }).WaitForAsync();
        ended.SetResult();
        await lea.Locator("h1", new() { HasText = "Succeeded" }).WaitForAsync();
        await lea.ScreenshotAsync(new() { Path = Screenshot("story-succeeded.png"), FullPage = true });
        await _repository.WaitForStatusAsync(merge, "success");

        await RetireAsync("Vic Viewer");
        await vic.ReloadAsync();
        await vic.GetByText("Company account").WaitForAsync();
        ShouldNotComplain();
    }

    private Task<string> MergeAsync(ForgePullRequest pullRequest) =>
        _stage.Forge.MergePullRequestAsync(_repository.Forge, pullRequest.Number, BasculeStage.DeveloperName);

    /// <summary>What somebody reads who opens the link in the pull request's comment.</summary>
    private async Task<Uri> ReadLinkAsync(ForgePullRequest pullRequest)
    {
        await _repository.WaitForCommentAsync(pullRequest, "approve");
        var body = _repository.CommentsOn(pullRequest).Single().Body;
        return new Uri(RunLink().Match(body).Value);
    }

    /// <summary>From our page through the provider's forms and back.</summary>
    private async Task<IPage> SignInAsync(string person)
    {
        var page = await OpenAsync(change: options => options.IgnoreHTTPSErrors = true);
        await page.GotoAsync(new Uri(Address, "/").AbsoluteUri);
        await page.GetByText("Company account").ClickAsync();
        await ProveAsync(page, person, page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).First);
        return page;
    }

    /// <summary>Through the provider's forms; it asks for consent only where it has none yet.</summary>
    private static async Task ProveAsync(IPage page, string person, ILocator after)
    {
        await page.Locator("input[name=login]").FillAsync(person);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        var consent = page.Locator("input[name=prompt][value=consent]");
        await consent.Or(after).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (await consent.CountAsync() > 0)
            await page.Locator("button[type=submit]").ClickAsync();
        await after.WaitForAsync();
    }

    /// <summary>By the code that only the holder of the account can write there.</summary>
    private async Task LinkAsync(IPage page)
    {
        await page.GotoAsync(new Uri(Address, "/account").AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Get a code" }).ClickAsync();
        var code = await page.Locator("[data-code]").InnerTextAsync();
        var issue = _stage.Forge.OpenIssue(_repository.Forge, BasculeStage.DeveloperName, "Who is who").Number;
        _stage.Forge.AddComment(_repository.Forge, issue, "lea", code);
        var address = new Uri(_stage.Forge.BaseAddress, $"{_repository.FullName}/issues/{issue}");
        await page.GetByLabel("Address of the issue").FillAsync(address.AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Find my comment" }).ClickAsync();
        await page.GetByText("The account is linked").WaitForAsync();
        (await Axe.FindAsync(page)).ShouldBeEmpty();
        await page.ScreenshotAsync(new() { Path = Screenshot("story-account.png"), FullPage = true });
    }

    private async Task RetireAsync(string name)
    {
        var people = (await _stage.Client.ListPeopleAsync(default)).Value.People;
        (
            await _stage.Client.RetireAsync(people.Single(person => person.Name == name).Uid, default)
        ).Problem.ShouldBeNull();
    }

    private string Settings() =>
        $$"""
              ml-live: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], approvals: { required: 1, from: ["group:ml-leads"], within: 72h } }
            sign_in:
              corp: { issuer: "{{_provider.Issuer}}", client: web, secret: "file:web.secret", title: Company account, scopes: [openid, profile, groups] }
            roles:
              - { role: viewer, to: ["group:staff"] }
              - { role: approver, to: ["group:ml-leads"] }

            """;

    [GeneratedRegex("https://127\\.0\\.0\\.1:[0-9]+/runs/[a-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex RunLink();
}
