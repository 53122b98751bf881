using System.Net;
using System.Text.Json;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Lineage;

public sealed class TraceApiTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private LocalServer _server = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _run = SampleLineage.Fill(_server);
        _http.BaseAddress = new Uri(_server.Local, "/api/v1/");
        _http.DefaultRequestHeaders.Authorization = new("Bearer", _server.Token.Reveal());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task TellsNodesAndEdgesInSnakeCase()
    {
        var trace = JsonElement.Parse(await _http.GetStringAsync($"trace?of={SampleLineage.Model}%407"));

        trace.EnumerateObject().Select(member => member.Name).ShouldBe(["asked", "nodes", "edges", "omitted"]);
        var asked = trace.GetProperty("asked")[0].GetString();
        var model = trace.GetProperty("nodes").EnumerateArray().Single(node => Text(node, "id") == asked);
        Text(model, "kind").ShouldBe("product");
        Text(model, "noun").ShouldBe("model version");
        Text(model, "assurance").ShouldBe("asserted");
        Text(model, "question").ShouldBe($"{SampleLineage.Model}@7");
        var ids = trace.GetProperty("nodes").EnumerateArray().Select(node => Text(node, "id")).ToList();
        ids.ShouldBeUnique();
        trace
            .GetProperty("edges")
            .EnumerateArray()
            .ShouldAllBe(edge => ids.Contains(Text(edge, "from")) && ids.Contains(Text(edge, "to")));
    }

    [Fact]
    public async Task TheLimitIsObeyedAndWhatItLeavesOutIsCounted()
    {
        for (var i = 0; i < 3; i++)
            _server.Runs.Add(RunBuilder.ARun(minutes: i + 1) with { Commit = _run.Commit });

        var trace = JsonElement.Parse(await _http.GetStringAsync($"trace?of={_run.Commit}&limit=1"));

        trace.GetProperty("omitted")[0].GetProperty("count").GetInt64().ShouldBe(3);
    }

    [Theory]
    [InlineData("trace", HttpStatusCode.BadRequest)]
    [InlineData("trace?of=", HttpStatusCode.BadRequest)]
    [InlineData("trace?of=main", HttpStatusCode.BadRequest)]
    [InlineData("trace?of=abcdef0", HttpStatusCode.NotFound)]
    [InlineData("trace?of=abcdef0&limit=0", HttpStatusCode.BadRequest)]
    [InlineData("trace?of=abcdef0&limit=101", HttpStatusCode.BadRequest)]
    [InlineData("trace?of=abcdef0&limit=many", HttpStatusCode.BadRequest)]
    public async Task RefusesWhatItCannotAnswer(string path, HttpStatusCode status)
    {
        using var answer = await _http.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        JsonElement
            .Parse(await answer.Content.ReadAsStringAsync())
            .GetProperty("detail")
            .GetString()
            .ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task TextOfOthersIsCleaned()
    {
        _server.Runs.Replace(_run with { CommitSubject = "Tune\u001b[2J\u202e depth" });

        var trace = await _http.GetStringAsync($"trace?of={_run.Id}");

        trace.ShouldContain("Tune depth");
        trace.ShouldNotContain("u001b", Case.Insensitive);
    }

    private static string Text(JsonElement node, string name) => node.GetProperty(name).GetString()!;
}
