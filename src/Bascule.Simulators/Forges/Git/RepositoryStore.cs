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

    /// <summary>Writes down what moved; Gitea also talks to the pusher about it.</summary>
    private const string Recorder = """
        #!/bin/sh
        count=0
        while read -r before after name; do
          echo "$before $after $name" >> "$FORGE_UPDATES"
          count=$((count + 1))
          if [ -z "$FORGE_URL" ]; then continue; fi
          branch=${name#refs/heads/}
          if [ "$branch" = "$name" ] || [ "$branch" = "$FORGE_DEFAULT" ] || [ -z "${after##0000000000*}" ]; then continue; fi
          number=$(printf '%s' "$FORGE_PULLS" | sed -n "s|^$branch ||p")
          if [ -n "$number" ]; then
            printf '\nVisit the existing pull request:\n  %s/pulls/%s\n\n' "$FORGE_URL" "$number" >&2
          else
            printf "\nCreate a new pull request for '%s':\n  %s/compare/%s...%s\n\n" \
              "$branch" "$FORGE_URL" "$FORGE_DEFAULT" "$branch" >&2
          fi
        done
        if [ -n "$FORGE_URL" ]; then
          printf '. Processing %d references\nProcessed %d references in total\n' "$count" "$count" >&2
        fi
        """;

    /// <summary>No tidying in the background: it would outlive the simulator.</summary>
    private const string Plain =
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n[gc]\n\tauto = 0\n";
    private const string Generous =
        "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[receive]\n\tadvertisePushOptions = true\n";

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
        Write("post-receive", Recorder.ReplaceLineEndings("\n") + "\n");
    }

    public GitCommand Git { get; }

    public string HookDirectory { get; }

    public string LfsDirectory => Path.Combine(_root, "lfs");

    public async Task<BareRepository> CreateAsync(
        string owner,
        string name,
        string defaultBranch,
        CancellationToken cancellationToken
    )
    {
        var directory = PathOf(owner, name);
        foreach (var part in (string[])["objects/info", "objects/pack", "refs/heads", "refs/tags"])
        {
            Directory.CreateDirectory(Path.Combine(directory, part));
        }

        await File.WriteAllTextAsync(
            Path.Combine(directory, "config"),
            _isGogs ? Plain : Plain + Generous,
            cancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(directory, "HEAD"),
            $"ref: refs/heads/{defaultBranch}\n",
            cancellationToken
        );
        return new BareRepository(directory, Git);
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
