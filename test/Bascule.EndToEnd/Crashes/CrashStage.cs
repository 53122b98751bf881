using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary>One stage for all points of a class; Bascule is killed and started again on the same data each time.</summary>
public sealed class CrashStage : IAsyncLifetime
{
    private int _stories;

    public BasculeStage Stage { get; private set; } = null!;
    public StageRepository Repository { get; private set; } = null!;

    public string NextBranch() => $"story-{Interlocked.Increment(ref _stories)}";

    public async Task InitializeAsync()
    {
        Stage = await BasculeStage.SetAsync();
        await Stage.StartBinaryAsync();
        Repository = await Stage.CreateConnectedRepositoryAsync("churn");
    }

    public async Task DisposeAsync() => await Stage.DisposeAsync();
}
