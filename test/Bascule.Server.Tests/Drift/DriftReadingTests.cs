using System.Text.Json;
using Bascule.Core.Drift;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;
using Bascule.Server.Drift;
using Bascule.Server.Tests.World;
using Bascule.Testing.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Drift;

/// <summary>What is told of drift: to programs, and on the page of what runs where.</summary>
public sealed class DriftReadingTests : IAsyncLifetime
{
    private LocalServer _server = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync(SampleDrift.Services, routes: routes => routes.MapDrift());
        _run = _server.Runs.Add(RunBuilder.ARun());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task SaysWhatDiffersAndSinceWhen()
    {
        _server.Drift.Standings.Add(SampleDrift.Found(_run));

        var one = await OneAsync();

        one.GetProperty("state").GetString().ShouldBe("found");
        one.GetProperty("total").GetInt32().ShouldBe(3);
        one.GetProperty("since").GetString().ShouldBe("2026-11-20T12:30:00.000Z");
        one.GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
        var first = one.GetProperty("differences")[0];
        first.GetProperty("what").GetString().ShouldBe("apis/pets");
        first.GetProperty("how").GetString().ShouldBe("changed");
        first.GetProperty("fields")[0].GetString().ShouldBe("serviceUrl");
    }

    [Fact]
    public async Task NoDriftIsSaidOnlyOfWhatWasCompared()
    {
        (await OneAsync()).GetProperty("state").GetString().ShouldBe("unknown");
        _server.Drift.Standings.Add(SampleDrift.Found(_run) with { Differences = [], Total = 0, Since = null });
        (await OneAsync()).GetProperty("state").GetString().ShouldBe("none");

        _server.Drift.Standings[0] = _server.Drift.Standings[0] with { Problem = "the service is away" };
        (await OneAsync()).GetProperty("problem").GetString().ShouldBe("the service is away");
        (await OneAsync()).GetProperty("state").GetString().ShouldBe("unknown");

        _server.Drift.Standings[0] = _server.Drift.Standings[0] with { Problem = null, Run = new RunId("other00000") };
        (await OneAsync()).GetProperty("state").GetString().ShouldBe("unknown");
    }

    [Fact]
    public async Task NamesOfAnotherEnvironmentAreNotListed() =>
        (await ListAsync("?environment=ml-dev")).GetArrayLength().ShouldBe(0);

    [Fact]
    [Trait("Threat", "T113")]
    public async Task HostileTextStaysOneLine()
    {
        const string Hostile = "a\u001b[2J\u202e<script>\nb";
        _server.Drift.Standings.Add(
            SampleDrift.Found(_run) with
            {
                Differences = [new Difference(Hostile, DifferenceKind.Added, [Hostile])],
            }
        );

        var what = (await OneAsync()).GetProperty("differences")[0].GetProperty("what").GetString()!;
        using var http = new HttpClient { BaseAddress = _server.Local };
        var page = await http.GetStringAsync(new Uri("/environments", UriKind.Relative));

        what.Any(char.IsControl).ShouldBeFalse();
        page.ShouldNotContain("a<script>");
        page.ShouldNotContain("\u202e");
    }

    private async Task<JsonElement> OneAsync() => (await ListAsync("?environment=ml-prod"))[0];

    private async Task<JsonElement> ListAsync(string query)
    {
        using var http = new HttpClient { BaseAddress = _server.Local };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _server.Token.Reveal());
        var text = await http.GetStringAsync(new Uri($"/api/v1/drift{query}", UriKind.Relative));
        return JsonElement.Parse(text).GetProperty("drift");
    }
}

/// <summary>An environment whose platform tells of drift, and what it told.</summary>
internal static class SampleDrift
{
    public static void Services(IServiceCollection services)
    {
        RepositoryPattern.TryParse("git:ml/*", out var repositories, out _).ShouldBeTrue();
        var rule = new EnvironmentRule("ml-prod", "lab", [repositories!], [Glob.Parse("main")], PullRequests: false)
        {
            DriftEvery = TimeSpan.FromHours(1),
        };
        services.AddSingleton(
            new EnvironmentConnections([
                new EnvironmentConnection("e-ml-prod", rule, new FakePlatform(), new LabEnvironment()),
            ])
        );
    }

    public static DriftStanding Found(Run run) =>
        new(DriftHandler.PlaceOf(run), run.Id, run.Commit, RunBuilder.Noon.AddHours(1))
        {
            ComparedAt = RunBuilder.Noon.AddHours(1),
            Since = RunBuilder.Noon.AddMinutes(30),
            Total = 3,
            Differences =
            [
                new Difference("apis/pets", DifferenceKind.Changed, ["serviceUrl", "operations"]),
                new Difference("apis/pets/policies/policy", DifferenceKind.Added, []),
                new Difference("namedValues/region", DifferenceKind.Removed, []),
            ],
        };
}
