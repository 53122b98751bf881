using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>
/// One mirror on disk. Its name comes from ids only (THREATS T64), its files are made by us without templates or hooks, and what a killed git
/// left behind is removed (T77). It is a cache: what looks wrong is thrown away.
/// </summary>
internal sealed partial class MirrorFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly string[] LooseRefs = ["refs", "logs"];
    private const string Sha1Config = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
    private const string Sha256Config =
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n";

    private static readonly TimeSpan TouchAfter = TimeSpan.FromMinutes(1);

    private MirrorFolder(string path) => Path = path;

    public string Path { get; }

    private string Head => System.IO.Path.Combine(Path, "HEAD");

    private string PackedRefs => System.IO.Path.Combine(Path, "packed-refs");

    private string Packs => System.IO.Path.Combine(Path, "objects", "pack");

    public static Result<MirrorFolder> Of(string root, RepositoryKey key)
    {
        if (!Uid().IsMatch(key.ForgeUid) || key.Id < 0)
            return Problem.Invalid($"'{UntrustedText.Line(key.ToString(), 80)}' does not name a repository");
        var name = key.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".git";
        return new MirrorFolder(System.IO.Path.Join(root, key.ForgeUid, name));
    }

    /// <summary>Makes it, or cleans what is there.</summary>
    public void Prepare()
    {
        if (!IsWhole())
            Remake(sha256: false);
        else
            Clean();
        RemoveStrays(System.IO.Path.GetDirectoryName(Path)!, null);
    }

    /// <summary>Puts an empty mirror in its place.</summary>
    [SuppressMessage("Interoperability", "CA1416", Justification = "The server runs on Linux")]
    public void Remake(bool sha256)
    {
        var parent = System.IO.Path.GetDirectoryName(Path)!;
        var made = Beside("new");
        foreach (var folder in new[] { System.IO.Path.GetDirectoryName(parent)!, parent, made })
            Directory.CreateDirectory(folder, OwnerOnly);
        foreach (var folder in new[] { "objects/info", "objects/pack", "refs" })
            Directory.CreateDirectory(System.IO.Path.Combine(made, folder), OwnerOnly);
        File.WriteAllText(System.IO.Path.Combine(made, "HEAD"), "ref: refs/heads/none\n");
        File.WriteAllText(System.IO.Path.Combine(made, "config"), sha256 ? Sha256Config : Sha1Config);
        RemoveStrays(parent, made);
        if (Directory.Exists(Path))
            Directory.Move(Path, Beside("old"));
        Directory.Move(made, Path);
        RemoveStrays(parent, null);
    }

    /// <summary>Removes what git writes before it renames; call only while no git of ours writes here.</summary>
    public void Clean()
    {
        foreach (var file in Files(Path, SearchOption.AllDirectories).Where(IsLeftover))
            File.Delete(file);
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.Combine(Path, "objects"), "*incoming-*"))
            Directory.Delete(folder, recursive: true);
        foreach (var pack in Files(Packs, SearchOption.TopDirectoryOnly).Where(IsHalf))
            File.Delete(pack);
    }

    /// <summary>When it was used last, to the minute, by this process or one before it.</summary>
    public DateTimeOffset UsedAt => new(File.GetLastWriteTimeUtc(Head));

    /// <summary>Notes that it is used now.</summary>
    public void Touch(DateTimeOffset now)
    {
        if ((now - UsedAt).Duration() >= TouchAfter)
            File.SetLastWriteTimeUtc(Head, now.UtcDateTime);
    }

    public (int Packs, long Bytes) Measure()
    {
        var files = new DirectoryInfo(Packs).GetFiles();
        return (files.Count(file => file.Extension == ".pack"), files.Sum(file => file.Length));
    }

    /// <summary>Which branch a clone checks out.</summary>
    public void WriteHead(RefName branch) => Replace(Head, $"ref: {branch}\n");

    /// <summary>
    /// Makes these its refs, and none besides: in one file, so that no file is named by a ref (THREATS T64). Call only while no git of ours writes here.
    /// </summary>
    public void WriteRefs(IReadOnlyDictionary<RefName, CommitId> refs)
    {
        Replace(PackedRefs, string.Concat(refs.Select(pair => $"{pair.Value} {pair.Key}\n")));
        foreach (var folder in LooseRefs.Select(name => System.IO.Path.Combine(Path, name)))
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "refs"), OwnerOnly);
    }

    /// <summary>What <see cref="WriteRefs"/> wrote last; null when that was never, or is not readable.</summary>
    public IReadOnlyDictionary<RefName, CommitId>? ReadRefs()
    {
        if (!File.Exists(PackedRefs))
            return null;
        var refs = new Dictionary<RefName, CommitId>();
        foreach (var line in File.ReadLines(PackedRefs))
        {
            if (
                line.Split(' ', 2) is not [var id, var name]
                || !CommitId.TryParse(id, out var commit)
                || !RefName.TryParse(name, out var known)
            )
                return null;
            refs[known] = commit;
        }
        return refs;
    }

    public bool IsEmpty => !Directory.EnumerateFiles(Packs, "*.pack").Any();

    private bool IsWhole()
    {
        var config = System.IO.Path.Combine(Path, "config");
        return Directory.Exists(Packs)
            && Directory.Exists(System.IO.Path.Combine(Path, "refs"))
            && File.Exists(System.IO.Path.Combine(Path, "HEAD"))
            && File.Exists(config)
            && File.ReadAllText(config) is Sha1Config or Sha256Config;
    }

    private static void Replace(string file, string text)
    {
        File.WriteAllText(file + ".lock", text); // under the name that Clean removes
        File.Move(file + ".lock", file, overwrite: true);
    }

    private string Beside(string why) => $"{Path}.{why}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    /// <summary>Earlier attempts of this mirror that did not get to their end.</summary>
    private void RemoveStrays(string parent, string? except)
    {
        var name = System.IO.Path.GetFileName(Path);
        foreach (var stray in Directory.EnumerateDirectories(parent, name + ".*-*").Where(stray => stray != except))
            Directory.Delete(stray, recursive: true);
    }

    private static IEnumerable<string> Files(string folder, SearchOption option) =>
        Directory.EnumerateFiles(folder, "*", option);

    private static bool IsLeftover(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        return name.EndsWith(".lock", StringComparison.Ordinal)
            || name.EndsWith(".keep", StringComparison.Ordinal) // index-pack's note that its refs are not yet written
            || name.StartsWith("tmp_", StringComparison.Ordinal)
            || name.StartsWith(".tmp-", StringComparison.Ordinal);
    }

    /// <summary>A pack without its index, or the other way round.</summary>
    private static bool IsHalf(string file) =>
        System.IO.Path.GetExtension(file) switch
        {
            ".pack" => !File.Exists(System.IO.Path.ChangeExtension(file, ".idx")),
            ".idx" or ".rev" => !File.Exists(System.IO.Path.ChangeExtension(file, ".pack")),
            _ => false,
        };

    [GeneratedRegex(
        "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Uid();
}
