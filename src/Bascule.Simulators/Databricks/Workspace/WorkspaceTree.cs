namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>Directories, files and notebooks of the workspace, by normal path.</summary>
internal sealed class WorkspaceTree
{
    private readonly Dictionary<string, WorkspaceObject> _objects = [];
    private readonly string _root;
    private readonly TimeProvider _time;
    private long _lastId = 3_000_000_000_000_000;

    public WorkspaceTree(string root, TimeProvider time)
    {
        (_root, _time) = (root, time);
        foreach (var path in (string[])["/", "/Users", "/Shared", "/Repos"])
            MakeDirectory(path);
    }

    public WorkspaceObject? Find(string path) => _objects.GetValueOrDefault(path);

    public bool IsDirectory(string path) => Find(path) is { IsDirectory: true };

    public string OnDisk(string path) => Path.Join(_root, path);

    public byte[] Read(string path) => File.ReadAllBytes(OnDisk(path));

    public IReadOnlyList<WorkspaceObject> Children(string path)
    {
        var prefix = path == "/" ? "/" : path + "/";
        return
        [
            .. _objects
                .Values.Where(o => o.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Where(o => o.Path != path && !o.Path[prefix.Length..].Contains('/'))
                .OrderBy(o => o.Path, StringComparer.Ordinal),
        ];
    }

    public IReadOnlyList<WorkspaceObject> Below(string path) =>
        [.. _objects.Values.Where(o => o.Path.StartsWith(path + "/", StringComparison.Ordinal))];

    /// <returns>The path of a file or notebook in the way, or null when the directory is there now.</returns>
    public string? MakeDirectory(string path)
    {
        if (Find(path) is { } found)
            return found.IsDirectory ? null : path;
        if (path != "/" && MakeDirectory(WorkspacePath.Parent(path)) is { } obstacle)
            return obstacle;
        Directory.CreateDirectory(OnDisk(path));
        Put(path, "DIRECTORY", null);
        return null;
    }

    public void Write(string path, string kind, string? language, byte[] content)
    {
        File.WriteAllBytes(OnDisk(path), content);
        Put(path, kind, language);
    }

    public void Delete(string path)
    {
        var disk = OnDisk(path);
        if (IsDirectory(path))
            Directory.Delete(disk, recursive: true);
        else
            File.Delete(disk);
        foreach (var gone in Below(path))
            _objects.Remove(gone.Path);
        _objects.Remove(path);
    }

    private void Put(string path, string kind, string? language)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _objects[path] = Find(path) is { } old
            ? old with
            {
                Language = language,
                ModifiedAt = now,
            }
            : new WorkspaceObject(++_lastId, path, kind, language, now, now);
    }
}
