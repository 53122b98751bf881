using System.Text.Json;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Access;

public sealed class DriftSightTests(AccessStage stage) : IClassFixture<AccessStage>
{
    [Fact]
    [Trait("Threat", "T59")]
    public async Task WhoMaySeeOtherRepositoriesLearnsNothingOfDrift()
    {
        var deployed = stage.Run with
        {
            Id = RunId.New(),
            Key = new IdempotencyKey(RunId.New().Text + RunId.New().Text),
            Environment = "apis",
            State = RunState.Succeeded,
        };
        var added = await stage
            .Host.Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new AddRun(deployed)], default);
        added.Problem.ShouldBeNull();

        (await RepositoriesAsync("viewers")).ShouldBe(["ml/churn"]);
        (await RepositoriesAsync("other-viewers")).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string?>> RepositoriesAsync(string group)
    {
        using var answer = await stage.AskAsync(HttpMethod.Get, "/api/v1/drift", await stage.PersonAsync(group));
        var list = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        return [.. list.GetProperty("drift").EnumerateArray().Select(one => one.GetProperty("repository").GetString())];
    }
}
