using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.EndToEnd.Intake;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.Reports;

/// <summary>The last word on the forge is Bascule's, and it arrives.</summary>
public sealed class ReportTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Threat", "T136")]
    public async Task BringsTheFinalStatusThroughAForgeThatAnswers502ForAWhile()
    {
        var repository = await quick.RepositoryAsync();
        _stage.Forge.Faults.FailNext("POST", "/statuses/", 502, count: 4);
        _stage.Forge.Faults.LoseAnswerOfNext("POST", "/comments");

        var pullRequest = await repository.OpenPullRequestAsync("bad-gateway");
        await repository.WaitForStatusAsync(pullRequest.HeadSha, "success");
        await repository.WaitForCommentAsync(pullRequest, "succeeded");

        repository.CommentsOn(pullRequest).Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task NoticesAStatusThatSomebodyElseWroteInItsName()
    {
        var repository = await quick.RepositoryAsync(("train.py", "raise SystemExit('broken')\n"));
        var commit = await repository.PushChangeAsync("broken");
        await repository.WaitForStatusAsync(commit, "failure");
        var run = await _stage.WaitForRunAsync(commit);

        await ForgeAsync(repository, commit, repository.StatusOf(commit)!.Context);
        repository.StatusOf(commit)!.State.ShouldBe("success");
        await _stage.Client.RetryRunAsync(run.Run.Id, CancellationToken.None);

        await _stage.WaitForRunAsync(commit, again => again.Run is { Final: true, Ordinal: 1 });
        await repository.WaitForStatusAsync(commit, "failure");
        (await EntriesAsync(AuditTypes.StatusForged)).ShouldContain(entry =>
            entry.Contains(commit, StringComparison.Ordinal)
        );
    }

    /// <summary>Gitea lets everybody with write access post any context.</summary>
    private async Task ForgeAsync(StageRepository repository, string commit, string context)
    {
        using var post = new HookPost(_stage);
        var token = _stage.Forge.AddToken(BasculeStage.DeveloperName, "tricks");
        var address = new Uri(_stage.Forge.BaseAddress, $"api/v1/repos/{repository.FullName}/statuses/{commit}");
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.TryAddWithoutValidation("Authorization", $"token {token}");
        var status = new JsonObject
        {
            ["state"] = "success",
            ["context"] = context,
            ["description"] = "all is well",
            ["target_url"] = "https://example.com/",
        };
        request.Content = new StringContent(status.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await post.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
    }

    private async Task<IReadOnlyList<string>> EntriesAsync(string type)
    {
        var log = _stage.Services.GetRequiredService<IAuditLog>();
        var records = await log.ReadAsync(0, 10_000, CancellationToken.None);
        return
        [
            .. records
                .Select(record => Encoding.UTF8.GetString(record.Entry.Span))
                .Where(entry => entry.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal)),
        ];
    }
}
