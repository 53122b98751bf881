using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Hooks;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges;

/// <summary>What happens in the forge and which hooks it causes; the HTTP side and the in-process side both end here.</summary>
internal sealed partial class ForgeEngine(
    World world,
    Dialect dialect,
    RepositoryStore store,
    HookQueue hooks,
    ForgeSimulatorOptions options,
    string baseUrl
)
{
    private int _background;

    public World World { get; } = world;

    public Dialect Dialect { get; } = dialect;

    public HookQueue Hooks { get; } = hooks;

    public RepositoryStore Store { get; } = store;

    public bool IsGogs { get; } = options.Flavour == ForgeFlavour.Gogs;

    public bool UsesHttpBackend => options.UsesHttpBackend;

    public string BaseUrl { get; } = baseUrl;

    public bool IsIdle => Hooks.IsIdle && Volatile.Read(ref _background) == 0;

    public async Task<ForgeRepository> CreateRepositoryAsync(
        ForgeUser owner,
        string name,
        bool isPrivate,
        string defaultBranch,
        bool initialise,
        CancellationToken cancellationToken
    )
    {
        if (World.FindRepository(owner.Name, name) is not null)
        {
            throw new ForgeRefusedException(409, "The repository with the same name already exists.");
        }

        var git = await Store.CreateAsync(owner.Name, name, defaultBranch, cancellationToken);
        var repository = new ForgeRepository(World.NextId("repository"), owner, name, git, World.Now)
        {
            IsPrivate = isPrivate,
            DefaultBranch = defaultBranch,
            BaseUrl = BaseUrl,
        };
        if (initialise)
        {
            var readme = new Dictionary<string, string?>(StringComparer.Ordinal) { ["README.md"] = $"# {name}\n" };
            await WriteCommitAsync(repository, owner, defaultBranch, "Initial commit", readme, cancellationToken);
            repository.IsEmpty = false;
        }

        lock (World.Gate)
        {
            World.Repositories.Add(repository);
        }

        return repository;
    }

    public async Task<ForgeRepository> ForkAsync(
        ForgeRepository source,
        ForgeUser owner,
        CancellationToken cancellationToken
    )
    {
        if (World.FindRepository(owner.Name, source.Name) is not null)
        {
            throw new ForgeRefusedException(409, "The repository with the same name already exists.");
        }

        var git = await Store.CreateAsync(owner.Name, source.Name, source.DefaultBranch, cancellationToken);
        await git.RunAsync(cancellationToken, "fetch", "--quiet", source.GitDirectory, "+refs/heads/*:refs/heads/*");
        var fork = new ForgeRepository(World.NextId("repository"), owner, source.Name, git, World.Now)
        {
            IsPrivate = source.IsPrivate,
            DefaultBranch = source.DefaultBranch,
            BaseUrl = BaseUrl,
            Parent = source,
            IsEmpty = false,
        };
        lock (World.Gate)
        {
            World.Repositories.Add(fork);
        }

        _ = Emit(source, "fork", "fork", "fork", () => Dialect.Fork(source, fork, owner));
        return fork;
    }

    public AccessToken AddToken(ForgeUser owner, string name, string? value = null)
    {
        var token = new AccessToken(World.NextId("token"), name, value ?? World.NewToken());
        lock (World.Gate)
        {
            owner.Tokens.Insert(0, token);
        }

        return token;
    }

    public Label AddLabel(ForgeRepository repository, string name, string color)
    {
        var label = new Label(World.NextId("label"), name, color.TrimStart('#'));
        lock (World.Gate)
        {
            repository.Labels.Add(label);
        }

        return label;
    }

    public Hook AddHook(
        ForgeRepository repository,
        string url,
        string contentType,
        string secret,
        IReadOnlyList<string> events,
        bool isActive
    )
    {
        var hook = new Hook(World.NextId("hook"), repository, World.Now)
        {
            Url = url,
            ContentType = contentType,
            Secret = secret,
            Events = Dialect.NormaliseEvents(events),
            IsActive = isActive,
        };
        lock (World.Gate)
        {
            repository.Hooks.Add(hook);
        }

        return hook;
    }

    /// <summary>The test button: a push of the default branch onto itself, to this one registration.</summary>
    public async Task TestHookAsync(Hook hook, ForgeUser doer, CancellationToken cancellationToken)
    {
        var repository = hook.Repository;
        var tip =
            await repository.Git.CommitAsync("refs/heads/" + repository.DefaultBranch, cancellationToken)
            ?? throw new ForgeRefusedException(
                404,
                $"{repository.FullName} has no commit to test with; push one first"
            );
        var files = await repository.Git.TouchedAsync(tip.Sha, cancellationToken);
        lock (World.Gate)
        {
            var payload = Dialect switch
            {
                GogsDialect gogs => gogs.TestPush(repository, new PushedCommit(Summary(tip), files), doer),
                GiteaDialect gitea => gitea.TestPush(repository, Summary(tip), doer),
                _ => throw new InvalidOperationException("no such flavour"),
            };
            Hooks.Enqueue(hook, new HookMessage("push", "push", payload));
        }
    }

    /// <summary>Writes a commit on a branch as the web editor does, without hooks. A null content deletes the file.</summary>
    public async Task<string> WriteCommitAsync(
        ForgeRepository repository,
        ForgeUser author,
        string branch,
        string message,
        IReadOnlyDictionary<string, string?> files,
        CancellationToken cancellationToken
    )
    {
        var tip = await repository.Git.BranchTipAsync(branch, cancellationToken);
        var name = author.FullName.Length > 0 ? author.FullName : author.Name;
        var person = string.Create(
            CultureInfo.InvariantCulture,
            $"{name} <{author.Email}> {World.Now.ToUnixTimeSeconds()} +0000"
        );
        var stream = new StringBuilder($"commit refs/heads/{branch}\nmark :1\nauthor {person}\ncommitter {person}\n");
        Append(stream, message + "\n");
        stream.Append(tip is null ? "" : $"from {tip}\n");
        foreach (var (path, content) in files)
        {
            stream.Append(content is null ? $"D {path}\n" : $"M 100644 inline {path}\n");
            Append(stream, content);
        }

        stream.Append("get-mark :1\n");
        string[] command = ["fast-import", "--quiet", "--date-format=raw"];
        return await TreeCommandAsync(repository.Git, [], stream.ToString(), cancellationToken, command);
    }

    private static void Append(StringBuilder stream, string? data)
    {
        if (data is not null)
        {
            var length = Encoding.UTF8.GetByteCount(data);
            stream.Append(CultureInfo.InvariantCulture, $"data {length}\n{data}\n");
        }
    }

    private static async Task<string> TreeCommandAsync(
        BareRepository git,
        Dictionary<string, string> environment,
        string input,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var result = await git.TryAsync(environment, input, cancellationToken, arguments);
        return result.Succeeded
            ? result.Output.Trim()
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {result.Error}");
    }

    private Dictionary<string, string> Identity(
        string name,
        string email,
        string? committer = null,
        string? mail = null
    )
    {
        var when = string.Create(CultureInfo.InvariantCulture, $"@{World.Now.ToUnixTimeSeconds()} +0000");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_AUTHOR_NAME"] = name,
            ["GIT_AUTHOR_EMAIL"] = email,
            ["GIT_AUTHOR_DATE"] = when,
            ["GIT_COMMITTER_NAME"] = committer ?? name,
            ["GIT_COMMITTER_EMAIL"] = mail ?? email,
            ["GIT_COMMITTER_DATE"] = when,
        };
    }

    /// <summary>Queues one message for every active registration that wants it.</summary>
    /// <returns>Finished when all of them were tried.</returns>
    private Task Emit(ForgeRepository repository, string wanted, string name, string type, Func<JsonObject> payload)
    {
        lock (World.Gate)
        {
            var sent = repository
                .Hooks.Where(h => h.IsActive && h.Events.Contains(wanted))
                .Select(h => Hooks.Enqueue(h, new HookMessage(name, type, payload())).Sent.Task)
                .ToList();
            return Task.WhenAll(sent);
        }
    }

    private void InBackground(Func<Task> work)
    {
        Interlocked.Increment(ref _background);
        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            finally
            {
                Interlocked.Decrement(ref _background);
            }
        });
    }
}
