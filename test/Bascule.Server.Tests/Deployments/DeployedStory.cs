using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Tests.GitProxy;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Deployments;

/// <summary>A repository that Bascule knows, with a branch <c>train</c> that is deployed to <c>prod</c> and a branch <c>secret</c> that never is.</summary>
internal sealed class DeployedStory
{
    private readonly GitStage _stage;

    private DeployedStory(GitStage stage, ViewRepository repository) => (_stage, Repository) = (stage, repository);

    public ViewRepository Repository { get; }

    public DeployPlace Place => new(Repository.Key, "prod");

    private DeployRefs Refs => _stage.Get<DeployRefs>();

    public static async Task<DeployedStory> CreateAsync(GitStage stage, string name)
    {
        var story = new DeployedStory(stage, await ViewRepository.CreateAsync(stage, name));
        var forge = stage.Get<ForgeConnections>().FindByName("git")!.Forge;
        var found = await forge.FindRepositoryAsync("ml", name, default);
        var saved = await stage
            .Get<IWorkStore>()
            .ApplyAsync([new SaveRepository(story.Repository.Key, found.Value)], default);
        saved.Problem.ShouldBeNull();
        return story;
    }

    public string Token(string refs = "refs/heads/deploy/prod") =>
        _stage.Passes.Give(Repository.Key, refs, GitVerb.Fetch);

    public GitUser User(string version = "2") => _stage.User(Token(), version);

    public Run RunOf(string commit) =>
        Sample.Run(commit) with
        {
            Repository = Repository.Key,
            Environment = "prod",
            Commit = CommitId.Parse(commit),
        };

    public Task<Result<Deployment>> MoveAsync(Run run) => Refs.MoveAsync(run, default);

    /// <summary>By a run that nothing is in the way of.</summary>
    public async Task<Deployment> DeployAsync(string commit)
    {
        var moved = await MoveAsync(RunOf(commit));
        moved.Problem.ShouldBeNull();
        return moved.Value;
    }

    /// <param name="seen">Null for what is there now.</param>
    public async Task<Result<Deployment>> RollBackAsync(long? seen = null) =>
        await Refs.RollBackAsync(
            Place,
            seen ?? (await _stage.Get<IDeploymentStore>().FindAsync(Place, default))?.Generation ?? 0,
            "the forecast is empty",
            "person:p-ada",
            default
        );
}
