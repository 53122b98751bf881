namespace Bascule.Simulators.Forges.Git;

/// <summary>Makes bare repositories below the data directory, set up as each forge's git is.</summary>
internal sealed class RepositoryStore
{
    private const string Hook = """
        #!/bin/sh
        # One refusal for the whole push, or one text per protected ref.
        if [ -n "$FORGE_REFUSAL" ]; then printf '%s\n' "$FORGE_REFUSAL" >&2; exit 1; fi
        while read -r before after name; do
          case "$FORGE_PROTECTED" in
            *" $name "*) printf "$FORGE_PROTECTED_TEXT\n" "${name#refs/heads/}" >&2; exit 1 ;;
          esac
        done
        """;

    private const string Recorder = "#!/bin/sh\ncat >> \"$FORGE_UPDATES\"\n";
    private readonly string _root;
    private readonly bool _isGogs;

    public RepositoryStore(string dataDirectory, bool isGogs)
    {
        _root = Path.GetFullPath(dataDirectory);
        _isGogs = isGogs;
        HookDirectory = Path.Combine(_root, "git-hooks");
        Directory.CreateDirectory(HookDirectory);
        Directory.CreateDirectory(Path.Combine(_root, "home"));
        Git = new GitCommand(Path.Combine(_root, "home"));
        Write("pre-receive", Hook.ReplaceLineEndings("\n") + "\n");
        Write("post-receive", Recorder);
    }

    public GitCommand Git { get; }

    public string HookDirectory { get; }

    public async Task<BareRepository> CreateAsync(
        string owner,
        string name,
        string defaultBranch,
        CancellationToken cancellationToken
    )
    {
        var repository = new BareRepository(PathOf(owner, name), Git);
        Directory.CreateDirectory(repository.Directory);
        await repository.RunAsync(cancellationToken, "init", "--quiet", "--bare", "-b", defaultBranch);
        if (!_isGogs)
        {
            await repository.RunAsync(cancellationToken, "config", "uploadpack.allowFilter", "true");
            await repository.RunAsync(cancellationToken, "config", "uploadpack.allowAnySHA1InWant", "true");
            await repository.RunAsync(cancellationToken, "config", "receive.advertisePushOptions", "true");
        }

        return repository;
    }

    public string PathOf(string owner, string name) =>
        Path.Combine(_root, "repositories", owner.ToLowerInvariant(), name.ToLowerInvariant() + ".git");

    private void Write(string name, string script)
    {
        var path = Path.Combine(HookDirectory, name);
        File.WriteAllText(path, script);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
