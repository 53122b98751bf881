using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd;

/// <summary>One stage for the tests of a class, with Bascule in the test's process; each test has a repository of its own.</summary>
public class QuickStage : IAsyncLifetime
{
    private int _repositories;

    public BasculeStage Stage { get; private set; } = null!;

    protected virtual StageOptions Options => new();

    public Task<StageRepository> RepositoryAsync(params (string Path, string Text)[] files)
    {
        var all = StageSource.Files.ToDictionary();
        foreach (var (path, text) in files)
            all[path] = text;
        return Stage.CreateConnectedRepositoryAsync($"work-{Interlocked.Increment(ref _repositories)}", all);
    }

    public async Task InitializeAsync()
    {
        Stage = await BasculeStage.SetAsync(Options);
        await Stage.StartInProcessAsync();
    }

    public async Task DisposeAsync() => await Stage.DisposeAsync();
}

/// <summary>On Gogs, which moves a pull request's ref clearly later than it sends the hook.</summary>
public sealed class GogsStage : QuickStage
{
    protected override StageOptions Options =>
        new() { Flavour = ForgeFlavour.Gogs, GogsPullHeadDelay = TimeSpan.FromMilliseconds(700) };
}
