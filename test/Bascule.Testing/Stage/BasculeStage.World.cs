using Bascule.Simulators;
using Bascule.Simulators.Forges;

namespace Bascule.Testing.Stage;

public sealed partial class BasculeStage
{
    private int _clones;

    /// <summary>A repository in <c>ml</c> that Bascule may administer, with what the developer pushed first; not connected yet.</summary>
    public async Task<StageRepository> CreateRepositoryAsync(
        string name,
        IReadOnlyDictionary<string, string>? files = null
    )
    {
        var repository = await Forge.CreateRepositoryAsync("ml", name);
        Forge.SetCollaborator(repository, BotName, ForgeAccess.Admin);
        var developer = await CloneAsync(repository, DeveloperName);
        foreach (var (path, text) in files ?? StageSource.Files)
            developer.Write(path, text);
        var commit = await developer.CommitAndPushAsync("First files");
        return new StageRepository(this, repository, developer, commit);
    }

    /// <summary>A repository that is connected: what was pushed before that is known and runs nothing.</summary>
    public async Task<StageRepository> CreateConnectedRepositoryAsync(
        string name,
        IReadOnlyDictionary<string, string>? files = null
    )
    {
        var repository = await CreateRepositoryAsync(name, files);
        await ConnectAsync();
        return repository;
    }

    /// <summary>One more person at the forge, who may do nothing until told otherwise.</summary>
    public void AddPerson(string name) => Forge.AddUser(name, Password);

    /// <summary>Somebody outside, who trusts this stage's authority and follows no redirect.</summary>
    public HttpClient NewClient() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = LoopbackAuthority.Trusting(CaPem) });

    public Task<Developer> CloneAsync(ForgeRepository repository, string person) =>
        Developer.CloneAsync(
            repository,
            Path.Combine(Folder, "clones", $"{person}-{Interlocked.Increment(ref _clones)}"),
            person,
            Password,
            Path.Combine(Folder, "ca.pem")
        );

    /// <summary>
    /// Calls the watcher with every request to the forge and to Databricks until the answer is disposed. A watcher that throws breaks the connection; one
    /// that waits holds the request back.
    /// </summary>
    public IDisposable Watch(Func<Passing, Task> watcher)
    {
        Forge.Faults.OnRequest = (method, path, phase) =>
            watcher(new Passing(Side.Forge, method, path, Of(phase is RequestPhase.Before))).GetAwaiter().GetResult();
        Databricks.OnRequest = (method, path, phase) =>
            watcher(
                new Passing(
                    Side.Databricks,
                    method,
                    path,
                    Of(phase is Bascule.Simulators.Databricks.RequestPhase.Before)
                )
            );
        return new Watching(this);
    }

    private static Moment Of(bool isBefore) => isBefore ? Moment.Before : Moment.After;

    private sealed class Watching(BasculeStage stage) : IDisposable
    {
        public void Dispose()
        {
            stage.Forge.Faults.OnRequest = null;
            stage.Databricks.OnRequest = null;
        }
    }
}
