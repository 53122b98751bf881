using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.Intake;

/// <summary>What nobody can handle is set aside, and everything else flows.</summary>
public sealed class PoisonTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Theory]
    [Trait("Threat", "T148")]
    [InlineData("look.ref", "neither a repository nor a ref")]
    [InlineData("kind.of.a.later.version", "anything")]
    public async Task SetsAsideWorkThatAlwaysFailsWhileOthersFlow(string kind, string subject)
    {
        var repository = await quick.RepositoryAsync();
        var poison = new AddWork(new NewWork($"poison:{kind}", kind, subject, DateTimeOffset.UtcNow));
        var store = _stage.Services.GetRequiredService<IWorkStore>();

        (await store.ApplyAsync([poison], CancellationToken.None)).Problem.ShouldBeNull();
        var run = await _stage.WaitForRunAsync(await repository.PushChangeAsync($"beside {kind}"));

        run.Run.State.ShouldBe(RunState.Succeeded);
        var aside = await _stage.WaitForAsync($"{kind} to be set aside", () => FindAsideAsync(kind));
        aside.Subject.ShouldBe(subject);
        aside.Reason.ShouldNotBeEmpty();
        (await _stage.Client.DismissEventAsync(aside.Id, "a test", CancellationToken.None)).Problem.ShouldBeNull();
        (await FindAsideAsync(kind)).ShouldBeNull();
    }

    private async Task<Core.Api.QuarantinedRecord?> FindAsideAsync(string kind)
    {
        var listed = await _stage.Client.ListQuarantinedAsync(100, CancellationToken.None);
        return listed.Value.Quarantined.FirstOrDefault(row => row.Kind == kind);
    }
}
