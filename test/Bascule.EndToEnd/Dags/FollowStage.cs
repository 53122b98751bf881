using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bascule.Cli.Features.Dags;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.EndToEnd.Dags;

/// <summary>A bare repository on this machine, whose trees are made line by line, and a folder that follows it.</summary>
internal sealed class FollowStage : IDisposable
{
    public const string Branch = "refs/heads/deploy/production";
    private readonly string _home = Directory.CreateTempSubdirectory("bascule-follow-").FullName;
    private DagsFolder? _folder;
    private Follower? _follower;

    public FollowStage()
    {
        Git("", "init", "--quiet", "--bare", Origin);
        Options = new FollowOptions
        {
            Folder = Into,
            Address = FollowedAddress.Read("file://" + Origin).Value,
            Ref = RefName.Parse(Branch),
        };
    }

    public string Origin => Path.Combine(_home, "origin.git");

    public string Into => Path.Combine(_home, "dags");

    public string Current => Path.Combine(Into, "current");

    public FollowOptions Options { get; set; }

    /// <summary>Of the versions, and of what has no name yet.</summary>
    public string[] Versions =>
        [.. Directory.GetDirectories(Path.Combine(Into, "versions")).Select(path => Path.GetFileName(path))];

    public void Dispose()
    {
        Stop();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>A plain file's entry: mode, blob and name.</summary>
    public string File(string name, string text, string mode = "100644") => $"{mode} blob {Blob(text)}\t{name}";

    public string Link(string name, string target) => File(name, target, "120000");

    public string Folder(string name, params string[] entries) => $"040000 tree {Tree(entries)}\t{name}";

    public string Blob(string text) => Git(text, "hash-object", "-w", "--stdin");

    /// <summary>Moves the branch to a commit without parents that holds these, by force.</summary>
    public CommitId Push(params string[] entries) => Push(Encoding.UTF8.GetBytes(Lines(entries)));

    public CommitId Push(byte[] entries)
    {
        var tree = Git(entries, "mktree", "-z", "--missing");
        var commit = Git("", "commit-tree", "-m", "one", tree);
        Rewind(CommitId.Parse(commit));
        return CommitId.Parse(commit);
    }

    public void Rewind(CommitId commit) => Git("", "update-ref", Branch, commit.ToString());

    public async Task<Result<Published?>> LookAsync()
    {
        if (_follower is null)
        {
            _folder = DagsFolder.Open(Into).Value;
            var git = new GitCommand(new GitOptions { Protocols = [Options.Address.Protocol] });
            var repository = new FollowedRepository(git, _folder.Repository, Options, new NoLogin());
            _follower = new Follower(repository, _folder, Options, TimeProvider.System);
        }
        return await _follower.LookAsync(CancellationToken.None);
    }

    /// <summary>As a process that ends: the next look is another one's.</summary>
    public void Stop()
    {
        _folder?.Dispose();
        (_folder, _follower) = (null, null);
    }

    public string Read(string name) => System.IO.File.ReadAllText(Path.Combine(Current, name));

    public string Git(string input, params string[] arguments) => Git(Encoding.UTF8.GetBytes(input), arguments);

    private string Tree(string[] entries) => Git(Lines(entries), "mktree", "-z", "--missing");

    private static string Lines(string[] entries) => string.Concat(entries.Select(entry => entry + "\0"));

    private string Git(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _home,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (arguments[0] != "init")
            start.Environment["GIT_DIR"] = Origin;
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        foreach (var role in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{role}_NAME"] = "Dana";
            start.Environment[$"GIT_{role}_EMAIL"] = "dana@example.com";
        }
        using var git = Process.Start(start)!;
        git.StandardInput.BaseStream.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, string.Create(CultureInfo.InvariantCulture, $"git {string.Join(' ', arguments)}"));
        return output.Trim();
    }
}
