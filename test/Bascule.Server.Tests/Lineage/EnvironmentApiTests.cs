using System.Text.Json;
using Bascule.Server.Tests.Access;
using Bascule.Testing.Runs;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Lineage;

/// <summary>What runs where, as programs read it.</summary>
public sealed class EnvironmentApiTests(AccessStage stage) : IClassFixture<AccessStage>
{
    [Fact]
    public async Task SaysWhichCommitByWhomApprovedByWhom()
    {
        await using var server = await LocalServer.StartAsync();
        var run = SampleLineage.Fill(server);
        server.Runs.Replace(run with { CommitSubject = "Tune\u001b[2J\u202e depth" });
        using var http = new HttpClient { BaseAddress = server.Local };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token.Reveal());

        var list = JsonElement.Parse(await http.GetStringAsync(new Uri("/api/v1/environments", UriKind.Relative)));

        var deployed = list.GetProperty("environments")[0].GetProperty("deployed")[0];
        deployed.GetProperty("run").GetString().ShouldBe(run.Id.Text);
        deployed.GetProperty("commit").GetString().ShouldBe(run.Commit.ToString());
        deployed.GetProperty("subject").GetString().ShouldBe("Tune depth");
        deployed.GetProperty("by").GetProperty("assurance").GetString().ShouldBe("proven");
        deployed.GetProperty("approved_by").GetArrayLength().ShouldBe(1);
        deployed.GetProperty("broke_glass").GetBoolean().ShouldBeFalse();
        deployed.GetProperty("made")[0].GetProperty("name").GetString().ShouldBe(SampleLineage.Model);
        list.GetProperty("is_cut").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task WhoMaySeeOtherRepositoriesLearnsNotEvenTheNamesOfEnvironments()
    {
        (await NamesAsync("viewers")).ShouldContain("ml-prod");
        (await NamesAsync("other-viewers")).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string?>> NamesAsync(string group)
    {
        using var answer = await stage.AskAsync(HttpMethod.Get, "/api/v1/environments", await stage.PersonAsync(group));
        var list = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        return
        [
            .. list.GetProperty("environments").EnumerateArray().Select(one => one.GetProperty("name").GetString()),
        ];
    }
}
