using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Approvals;

/// <summary>Whoever may write a comment may write anything in it: Bascule takes no command from there, whoever wrote it, in whatever form.</summary>
[Trait("Threat", "T111")]
public sealed class CommentCommandTests : IAsyncLifetime
{
    private const string Environment = """
          ml-live: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], approvals: { required: 1, from: ["group:ml-leads"], within: 72h } }

        """;

    private BasculeStage _stage = null!;
    private StageRepository _repository = null!;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync(new() { MoreSettings = Environment });
        await _stage.StartInProcessAsync();
        var files = StageSource.Files.ToDictionary();
        files[".bascule.yaml"] = files[".bascule.yaml"]
            .Replace("environment: ml-prod", "environment: ml-live", StringComparison.Ordinal);
        _repository = await _stage.CreateConnectedRepositoryAsync("churn", files);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Theory]
    [InlineData("the printed command", "bascule run approve {0}")]
    [InlineData("with a slash", "/approve")]
    [InlineData("mentioning Bascule's account", "@bascule-bot approve {0}")]
    [InlineData("in a quotation and a block", "> bascule run approve {0}\n\n```sh\nbascule run approve {0}\n```")]
    public async Task ACommentApprovesNothing(string what, string text)
    {
        var commit = await _repository.PushChangeAsync(what);
        var waiting = await _stage.WaitForRunAsync(commit, run => run.Run.State == RunState.AwaitingApproval);
        var pullRequest = await _repository.OpenPullRequestAsync("talk");

        foreach (var author in new[] { BasculeStage.DeveloperName, BasculeStage.BotName })
            _stage.Forge.AddComment(
                _repository.Forge,
                pullRequest.Number,
                author,
                string.Format(System.Globalization.CultureInfo.InvariantCulture, text, waiting.Run.Id)
            );
        await _stage.SettleAsync();

        var now = (await _stage.Client.GetRunAsync(waiting.Run.Id, default)).Value;
        now.Run.State.ShouldBe(RunState.AwaitingApproval, what);
        now.Approvals!.Given.ShouldBeEmpty(what);
    }
}
