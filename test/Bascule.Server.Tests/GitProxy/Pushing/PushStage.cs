using Bascule.Core.Pushes;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>A Bascule with a simulated Gitea; each test has a repository and a door of its own.</summary>
public sealed class PushStage : IAsyncLifetime
{
    private BasculeStage _stage = null!;
    private int _repositories;

    public IServiceProvider Services => _stage.Services;

    public BasculeStage Stage => _stage;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync();
        _stage.Forge.TellsPermissions = true;
        await _stage.StartInProcessAsync();
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    internal async Task<PushDoor> OpenAsync(
        PushSettings? settings = null,
        Func<PushDoorOptions, PushDoorOptions>? more = null,
        IReadOnlyDictionary<string, string>? files = null
    )
    {
        var name = $"pushed{Interlocked.Increment(ref _repositories)}";
        var first = files ?? new Dictionary<string, string> { ["train.py"] = "print(1)\n", ["data.csv"] = "a,b\n" };
        var repository = await _stage.CreateConnectedRepositoryAsync(name, first);
        var options = new PushDoorOptions { Settings = settings ?? new PushSettings() };
        var door = await PushDoor.OpenAsync(this, repository, more?.Invoke(options) ?? options);
        await repository.Developer.GitAsync("remote", "add", "bascule", door.Address);
        return door;
    }
}
