using System.Text;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>A bare repository at the far end; whatever a test wants to be in it, is.</summary>
internal sealed class OriginRepository(string folder)
{
    private int _commits;

    public string Folder => folder;

    public static async Task<OriginRepository> CreateAsync(string folder, string format = "sha1")
    {
        Directory.CreateDirectory(folder);
        await TestGit.RunAsync(folder, "init", "-q", "--bare", "--object-format=" + format, "-b", "main", ".");
        await TestGit.RunAsync(folder, "config", "core.protectNTFS", "false");
        return new OriginRepository(folder);
    }

    /// <summary>One commit on top of the branch; null content removes the file.</summary>
    public Task<CommitId> CommitAsync(string branch, params (string Path, string? Content)[] files) =>
        CommitAsync(
            branch,
            $"Change {files.Length} files",
            [.. files.Select(file => (file.Path, "100644", file.Content))]
        );

    public async Task<CommitId> CommitAsync(
        string branch,
        string message,
        IReadOnlyList<(string Path, string Mode, string? Content)> files
    )
    {
        var stream = new StringBuilder();
        stream.Append(
            $"commit refs/heads/{branch}\ncommitter Ada <ada@example.com> {1_700_000_000 + _commits++} +0000\n"
        );
        stream.Append($"data {Encoding.UTF8.GetByteCount(message)}\n{message}\n");
        if (await FindAsync("refs/heads/" + branch) is { } tip)
            stream.Append($"from {tip}\n");
        foreach (var (path, mode, content) in files)
        {
            if (content is null)
                stream.Append($"D {path}\n");
            else if (mode == "160000")
                stream.Append($"M 160000 {content} {path}\n");
            else
                stream.Append($"M {mode} inline {path}\ndata {Encoding.UTF8.GetByteCount(content)}\n{content}\n");
        }
        await TestGit.RunAsync(folder, Encoding.UTF8.GetBytes(stream.ToString()), "fast-import", "--quiet", "--force");
        return await TipAsync("refs/heads/" + branch);
    }

    public async Task<CommitId> TipAsync(string name) =>
        CommitId.Parse(await TestGit.RunAsync(folder, "rev-parse", name + "^{commit}"));

    public Task<string> RunAsync(params string[] arguments) => TestGit.RunAsync(folder, arguments);

    public Task<string> RunAsync(byte[] input, params string[] arguments) => TestGit.RunAsync(folder, input, arguments);

    /// <summary>Writes an object as it is, well-formed or not.</summary>
    public Task<string> WriteAsync(string type, byte[] bytes) =>
        RunAsync(bytes, "hash-object", "-t", type, "-w", "--literally", "--stdin");

    /// <summary>A commit of a tree that was made by hand.</summary>
    public async Task<CommitId> CommitTreeAsync(string branch, string tree)
    {
        var text =
            $"tree {tree}\nauthor Ada <a@example.com> 1700000000 +0000\ncommitter Ada <a@example.com> 1700000000 +0000\n\nBy hand\n";
        var id = await WriteAsync("commit", Encoding.UTF8.GetBytes(text));
        await RunAsync("update-ref", "refs/heads/" + branch, id);
        return CommitId.Parse(id);
    }

    /// <summary>A tree object from modes, names and ids, in the order given.</summary>
    public Task<string> TreeAsync(params (string Mode, byte[] Name, string Id)[] items)
    {
        using var tree = new MemoryStream();
        foreach (var (mode, name, id) in items)
        {
            tree.Write(Encoding.ASCII.GetBytes(mode + " "));
            tree.Write([.. name, 0]);
            tree.Write(Convert.FromHexString(id));
        }
        return WriteAsync("tree", tree.ToArray());
    }

    private async Task<string?> FindAsync(string name)
    {
        var found = await RunAsync("for-each-ref", "--format=%(objectname)", name);
        return found.Length == 0 ? null : found;
    }
}
