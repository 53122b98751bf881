using Bascule.Core;
using Bascule.Core.Forges;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Forges;

/// <summary>What every forge connector must do, whatever the forge and whether it is simulated or real. A connector's tests inherit this.</summary>
public abstract partial class ForgeConformance(ForgeStage stage) : IAsyncLifetime
{
    private IForge Forge => stage.Connect(stage.Bot.Token);

    public Task InitializeAsync() => stage.SetUpAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ForgeFact]
    public async Task TellsWhoTheTokenIs()
    {
        var identity = (await Forge.IdentifyAsync(default)).Value;

        identity.Account.Login.ShouldBe(stage.Bot.Login);
        identity.Account.Id.ShouldBePositive();
        (identity.Version is null).ShouldBe(stage.Kind == "gogs");
    }

    [ForgeFact]
    public async Task RefusesAWrongToken()
    {
        var forge = stage.Connect(new string('0', 40));

        (await forge.IdentifyAsync(default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        (await forge.ListRepositoriesAsync(default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [ForgeFact]
    public async Task FindsARepositoryAndWhatTheAccountMayDoThere()
    {
        var repository = await stage.NewRepositoryAsync();

        repository.Id.ShouldBePositive();
        repository.Private.ShouldBeTrue();
        repository.CanAdminister.ShouldBeTrue();
        repository.Owner.ShouldBe(stage.Organisation);
        var asWriter = stage.Connect(stage.Writer.Token);
        var seen = (await asWriter.FindRepositoryAsync(repository.Owner, repository.Name, default)).Value;
        (seen.Id, seen.CanAdminister).ShouldBe((repository.Id, false));
    }

    [ForgeFact]
    public async Task AMissingAndAHiddenRepositoryAreNotFoundAlike()
    {
        var repository = await stage.NewRepositoryAsync();
        var outsider = stage.Connect(stage.Outsider.Token);

        var missing = await Forge.FindRepositoryAsync(stage.Organisation, "no-such-repository", default);
        var hidden = await outsider.FindRepositoryAsync(repository.Owner, repository.Name, default);

        missing.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        hidden.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [ForgeFact]
    public async Task ListsRepositories()
    {
        var one = await stage.NewRepositoryAsync();
        var two = await stage.NewRepositoryAsync();

        var listed = (await Forge.ListRepositoriesAsync(default)).Value;

        listed.Select(repository => repository.Id).ShouldBeUnique();
        listed.Select(repository => repository.FullName).ShouldContain(one.FullName);
        listed.Select(repository => repository.FullName).ShouldContain(two.FullName);
    }

    [ForgeFact]
    public async Task ThePagesTogetherAreTheListAndTheLastOneSaysSo()
    {
        var one = await stage.NewRepositoryAsync();
        var found = new List<ForgeRepository>();
        var isLast = false;

        for (var page = 1; !isLast; page++)
        {
            var listed = (await Forge.ListRepositoriesAsync(page, default)).Value;
            found.AddRange(listed.Repositories);
            isLast = listed.IsLast || page > 1000;
        }

        found.Select(repository => repository.Id).ShouldBeUnique();
        found.Single(repository => repository.Id == one.Id).UpdatedAt.ShouldNotBeNull();
        found.Count.ShouldBeGreaterThanOrEqualTo((await Forge.ListRepositoriesAsync(default)).Value.Count - 1);
    }

    [ForgeFact]
    public async Task GitTakesTheConnectionsCredentialAndNoOther()
    {
        var repository = await stage.NewRepositoryAsync();

        var tips = await GitClone.LsRemoteAsync(Forge.AccessTo(repository));
        var refused = await GitClone.LsRemoteAsync(stage.Connect(new string('0', 40)).AccessTo(repository));

        tips.ShouldNotBeNull().ShouldContain($"refs/heads/{repository.DefaultBranch}");
        refused.ShouldBeNull();
    }
}
