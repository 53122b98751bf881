using Bascule.Core.Runs;
using Bascule.Server.Identity;
using Bascule.Server.Reports;
using Bascule.Server.Sealing;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class BadgeTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false });
    private ServerWorld _world = null!;

    private string Uid => _world.Get<BadgeLinks>().UidOf(ServerWorld.Churn);

    public async Task InitializeAsync() => _world = await ServerWorld.ServeAsync(new FakeIssueForge());

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(RunState.Succeeded, "passed")]
    [InlineData(RunState.Failed, "failed")]
    [InlineData(RunState.Refused, "failed")]
    [InlineData(RunState.Queued, "running")]
    [InlineData(RunState.Started, "running")]
    [InlineData(RunState.Canceled, "canceled")]
    public async Task ShowsTheColourOfTheNewestRun(RunState state, string word)
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Failed));
        await _world.AddAsync(ReportStage.ARun(state, minutes: 1));

        (await GetAsync($"/badges/{Uid}.svg")).Text.ShouldContain($"bascule: {word}");
    }

    [Fact]
    public async Task WhatFallsShortIsRed()
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Succeeded) with { Shortfall = "rmse is NaN" });

        (await GetAsync($"/badges/{Uid}.svg")).Text.ShouldContain("bascule: failed");
    }

    [Fact]
    public async Task OneRedWorkflowMakesTheBranchRed()
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Failed) with { Workflow = "lint" });
        await _world.AddAsync(ReportStage.ARun(RunState.Succeeded, minutes: 1));

        (await GetAsync($"/badges/{Uid}.svg")).Text.ShouldContain("bascule: failed");
        (await GetAsync($"/badges/{Uid}.svg?branch=other")).Text.ShouldContain("bascule: no run");
    }

    [Fact]
    [Trait("Threat", "T124")]
    public async Task IsAnImageThatCanDoNothing()
    {
        using var response = await _client.GetAsync(new Uri(_world.Address, $"/badges/{Uid}.svg"));

        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'"]);
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Theory]
    [InlineData("7")]
    [InlineData("f-1/7")]
    [InlineData("ml%2Fchurn")]
    [InlineData("00000000000000000000000000000000")]
    public async Task AnAddressThatWasNotGivenOutShowsNothing(string uid) =>
        (await GetAsync($"/badges/{uid}.svg")).Status.ShouldBe(404);

    [Theory]
    [InlineData("../x", 404)]
    [InlineData("a%0d%0ab", 404)]
    [InlineData("<script>", 200)]
    [Trait("Threat", "T124")]
    public async Task ABranchIsNeverEchoed(string branch, int status)
    {
        var answer = await GetAsync($"/badges/{Uid}.svg?branch={branch}");

        answer.Status.ShouldBe(status);
        answer.Text.ShouldNotContain("script");
    }

    [Fact]
    public void ItsAddressDependsOnTheInstallationsKey()
    {
        var folder = Directory.CreateTempSubdirectory("bascule-key-").FullName;
        using var other = MasterKey.Open(Path.Combine(folder, "master.key")).Value;
        var address = new IssuerAddress(new Uri("https://bascule.example.com"));

        Uid.Length.ShouldBe(32);
        new BadgeLinks(other, address).UidOf(ServerWorld.Churn).ShouldNotBe(Uid);
        new BadgeLinks(_world.MasterKey, address)
            .MarkdownFor(ServerWorld.Churn, "feature/ä b")
            .ShouldBe($"![Bascule](https://bascule.example.com/badges/{Uid}.svg?branch=feature%2F%C3%A4%20b)");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Trait("Threat", "T153")]
    public async Task ARunsAddressTellsNobodyWhetherTheRunExists()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Failed));

        var known = await GetAsync($"/runs/{run.Id}");
        var unknown = await GetAsync($"/runs/{RunId.New()}");
        var malformed = await GetAsync("/runs/..%2f..%2fetc");

        (known.Status, unknown.Status, malformed.Status).ShouldBe((302, 302, 404));
    }

    private async Task<(int Status, string Text)> GetAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(_world.Address, path));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
