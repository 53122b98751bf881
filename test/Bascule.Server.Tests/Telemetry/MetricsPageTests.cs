using System.Text.RegularExpressions;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Bascule.Testing;

namespace Bascule.Server.Tests.Telemetry;

/// <summary>What the whole server exports, and what the page for operators says about it.</summary>
public sealed partial class MetricsPageTests : IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly HttpClient _client = new();
    private Host _host = null!;

    public async Task InitializeAsync() => _host = await RunningHost.StartAsync(_folder);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CountsFromTheStart()
    {
        using var refused = await _client.PostAsync(new Uri(_host.ListenUrl, "/hooks/w-unknown"), content: null);

        var families = PrometheusReader.Read(await ScrapeAsync());

        families["bascule_deliveries_refused_total"]
            .Samples.ShouldHaveSingleItem()
            .Labels["reason"]
            .ShouldBe("notfound");
        // The rows that every start makes sure of may be waiting just now.
        families["bascule_work_due"].Samples.ShouldHaveSingleItem().Value.ShouldBeInRange(0, 10);
        families["bascule_work_quarantined"].Samples.ShouldHaveSingleItem().Value.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T153")]
    public async Task AnswersOnTheLocalListenerOnly()
    {
        using var open = await _client.GetAsync(new Uri(_host.ListenUrl, "/metrics"));
        using var local = await _client.GetAsync(new Uri(_host.LocalUrl, "/metrics"));

        ((int)open.StatusCode).ShouldBe(404);
        local.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
    }

    [Fact]
    public async Task EveryMetricIsOnThePageOfMonitoringAndNoOther()
    {
        var page = await File.ReadAllTextAsync(RepositoryFolder.PathOf("docs/operations/monitoring.md"));
        var described = Row().Matches(page).Select(match => match.Groups["name"].Value);
        var mentioned = Name().Matches(page).Select(match => Bare(match.Value)).Distinct();

        var exported = PrometheusReader.Read(await ScrapeAsync()).Keys.ToList();

        described.ShouldBe(exported, ignoreOrder: true);
        mentioned.ShouldBeSubsetOf(exported);
    }

    private Task<string> ScrapeAsync() => _client.GetStringAsync(new Uri(_host.LocalUrl, "/metrics"));

    private static string Bare(string name) => name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^7] : name;

    [GeneratedRegex(@"^\| `(?<name>bascule_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bbascule_\w+")]
    private static partial Regex Name();
}
