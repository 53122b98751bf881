using Bascule.Connectors.Forges.Forgejo;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Forges;

/// <summary>An account on the forge under test.</summary>
public sealed record StagedPerson(string Login, string Password, string Token);

/// <summary>
/// A forge with people in it, simulated or real. The bot owns an organisation and administers its repositories, the writer may push to them,
/// the outsider sees none of them.
/// </summary>
public abstract class ForgeStage : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-forge-").FullName;
    private readonly SemaphoreSlim _gate = new(1);
    private bool _isSet;

    public abstract string Kind { get; }

    public abstract Uri Url { get; }

    /// <summary>PEM of a private authority; null for a server on plain loopback http.</summary>
    public abstract string? CaFile { get; }

    public StagedPerson Bot { get; protected set; } = new("", "", "");

    public StagedPerson Writer { get; protected set; } = new("", "", "");

    public StagedPerson Outsider { get; protected set; } = new("", "", "");

    public abstract string Organisation { get; }

    /// <summary>A token of a site administrator.</summary>
    public string Administrator { get; protected set; } = "";

    /// <summary>An account that no other test knows.</summary>
    public abstract Task<StagedPerson> NewPersonAsync();

    protected string Folder => _folder;

    /// <summary>Nothing: a class whose tests are all skipped must touch no server.</summary>
    public Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Makes the people once, however many tests ask.</summary>
    public async Task SetUpAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (!_isSet)
                await AddPeopleAsync();
            _isSet = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A private repository of the organisation with one commit on its default branch.</summary>
    public async Task<ForgeRepository> NewRepositoryAsync()
    {
        var name = $"r-{Guid.NewGuid():N}"[..12];
        await AddRepositoryAsync(name);
        var found = await Connect(Bot.Token).FindRepositoryAsync(Organisation, name, CancellationToken.None);
        found.Problem.ShouldBeNull();
        return found.Value;
    }

    /// <summary>A pull request by the writer from a branch of the repository to its default branch.</summary>
    /// <returns>Its number.</returns>
    public abstract Task<long> OpenPullRequestAsync(ForgeRepository repository, string head, string title);

    /// <summary>Merges as the bot.</summary>
    public abstract Task MergePullRequestAsync(ForgeRepository repository, long number);

    /// <summary>Gives an account a public key, as its .pub file says it.</summary>
    public abstract Task AddSshKeyAsync(StagedPerson person, string title, string line);

    /// <summary>A connection as the server would open it from its settings.</summary>
    /// <param name="administrator">By whom Gogs lets passwords be changed; null for nobody.</param>
    public IForge Connect(string token, string? administrator = null)
    {
        IForgeConnector[] connectors = [new GiteaConnector(), new GogsConnector(), new ForgejoConnector()];
        var problems = new List<SettingProblem>();
        var at = new SettingLocation("bascule.yaml", 1, 1);
        SettingEntry Entry(string key, string value) => new(key, at, new SettingScalar(at, value, Quoted: true));
        List<SettingEntry> entries = [Entry("url", Url.AbsoluteUri), Entry("token", Keep(token))];
        if (administrator is not null)
            entries.Add(Entry("administrator", Keep(administrator)));
        if (CaFile is not null)
            entries.Add(Entry("ca", CaFile));
        var settings = new SettingReader(new SettingMap(at, entries), "forges.git", problems);
        var host = new ConnectionHost(TimeProvider.System, _folder, new Uri("https://bascule.example"));
        var forge = connectors.Single(connector => connector.Kind == Kind).Open("git", settings, host);
        problems.ShouldBeEmpty();
        return forge.ShouldNotBeNull();
    }

    private string Keep(string secret)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, secret);
        return "file:" + file;
    }

    /// <summary>A clone that pushes as the writer.</summary>
    public Task<GitClone> CloneAsync(ForgeRepository repository) =>
        GitClone.MakeAsync(Connect(Bot.Token).AccessTo(repository).Url, Writer.Login, Writer.Password, CaFile);

    protected abstract Task AddPeopleAsync();

    protected abstract Task AddRepositoryAsync(string name);
}
