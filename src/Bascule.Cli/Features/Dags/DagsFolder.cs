using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>
/// A folder with whole versions of a repository, <c>versions/COMMIT</c>, and a link to one of them, <c>current</c>. A version gets its name once it is whole and on
/// the disk, and loses it before the first of its files goes; the link is swapped. So whoever reads through it, at whichever moment this process may die, sees a
/// whole version.
/// </summary>
internal sealed class DagsFolder : IDisposable
{
    private const string Part = ".part-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _turn;
    private readonly string _versions;
    private readonly string _current;
    private readonly string _next;
    private readonly string _repositories;

    private DagsFolder(string folder, string own, FileStream turn)
    {
        _turn = turn;
        _versions = Path.Combine(folder, "versions");
        _current = Path.Combine(folder, "current");
        _next = Path.Combine(own, "next");
        _repositories = Path.Combine(own, "repository");
        Repository = Path.Combine(_repositories, Guid.NewGuid().ToString("N"));
    }

    /// <summary>
    /// Where this process may have git keep a bare repository. A new one each time: nothing that a killed git left is ever used, and one version without its history
    /// is soon fetched.
    /// </summary>
    public string Repository { get; }

    /// <summary>What is shown; null before the first version, and when somebody took it away.</summary>
    public CommitId? Current =>
        new FileInfo(_current).LinkTarget?.Split('/') is ["versions", var name]
        && CommitId.TryParse(name, out var commit)
        && Has(commit)
            ? commit
            : null;

    /// <summary>
    /// Takes the folder for this process, makes it if need be, and takes away what one that died has left. Conflict when another one follows into it, and when
    /// something of somebody else is in the way.
    /// </summary>
    /// <exception cref="IOException">The disk does not do what it should.</exception>
    public static Result<DagsFolder> Open(string folder)
    {
        var own = Path.Combine(folder, ".bascule");
        string[] ours = [Path.Combine(folder, "versions"), Path.Combine(folder, "current")];
        Directory.CreateDirectory(folder);
        if (!Directory.Exists(own) && ours.FirstOrDefault(IsThere) is { } foreign)
            return Problem.Conflict(
                $"'{foreign}' is there, and not of bascule dags follow; name an empty folder, or one that does not exist"
            );
        if (IsLink(own) || IsLink(ours[0]))
            return Problem.Conflict($"'{folder}' has a symbolic link in the place of a folder of ours; remove it");
        if (IsThere(ours[1]) && !IsLink(ours[1]))
            return Problem.Conflict($"'{ours[1]}' is no symbolic link; move it away");
        Directory.CreateDirectory(own, OwnerOnly);
        if (FileTurn.TryTake(Path.Combine(own, "lock")) is not { } turn)
            return Problem.Conflict($"another bascule dags follow is at work on '{folder}'; one folder, one follower");
        var opened = new DagsFolder(folder, own, turn);
        opened.Tidy();
        return opened;
    }

    public bool Has(CommitId commit) => Directory.Exists(PathOf(commit));

    /// <summary>A new folder to write a version into, on the same file system, under a name that no version has.</summary>
    public string NewPart() =>
        Directory.CreateDirectory(Path.Combine(_versions, Part + Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Gives what was written its name, once it is on the disk.</summary>
    public void Keep(string part, CommitId commit)
    {
        LinuxFiles.Settle(_turn.SafeFileHandle);
        Directory.Move(part, PathOf(commit));
    }

    /// <summary>Swaps the link, which leads to its target by a relative path: the folder may be mounted elsewhere.</summary>
    public void Show(CommitId commit)
    {
        Directory.SetLastWriteTimeUtc(PathOf(commit), DateTime.UtcNow);
        File.Delete(_next);
        File.CreateSymbolicLink(_next, $"versions/{commit}");
        LinuxFiles.Replace(_next, _current);
    }

    /// <summary>Deletes all versions but those shown last.</summary>
    /// <param name="keep">How many stay, the current one among them.</param>
    public void Prune(int keep)
    {
        var current = Current;
        var former = new DirectoryInfo(_versions)
            .EnumerateDirectories()
            .Where(version => CommitId.TryParse(version.Name, out var commit) && commit != current)
            .OrderByDescending(version => version.LastWriteTimeUtc)
            .Skip(keep - 1)
            .ToList();
        if (former.Count > 0)
            LinuxFiles.Settle(_turn.SafeFileHandle); // the link on the disk must not lead to one of them
        foreach (var version in former)
            Discard(version.FullName);
    }

    /// <summary>Takes its name first: a version that is half deleted must not be taken for a whole one.</summary>
    public void Discard(string version)
    {
        var part = Path.Combine(_versions, Part + Guid.NewGuid().ToString("N"));
        Directory.Move(version, part);
        Directory.Delete(part, recursive: true);
    }

    public void Dispose() => _turn.Dispose();

    private void Tidy()
    {
        Directory.CreateDirectory(_versions);
        foreach (var part in Directory.EnumerateDirectories(_versions, Part + "*").ToList())
            Directory.Delete(part, recursive: true);
        File.Delete(_next);
        Directory.CreateDirectory(_repositories);
        foreach (var former in Directory.EnumerateDirectories(_repositories).ToList())
            DiscardRepository(former);
    }

    /// <summary>A git that outlived its killed parent may still write there for a moment; the next start takes away what it leaves.</summary>
    private static void DiscardRepository(string former)
    {
        try
        {
            Directory.Delete(former, recursive: true);
        }
        catch (IOException)
        {
            // Nobody reads from it.
        }
    }

    private string PathOf(CommitId commit) => Path.Combine(_versions, commit.ToString());

    private static bool IsThere(string path) => IsLink(path) || Path.Exists(path);

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
