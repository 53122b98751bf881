namespace Bascule.Simulators.Azure.MachineLearning.Storage;

/// <summary>Blobs and blocks that wait to become one, in files of a folder that goes with the simulator.</summary>
internal sealed class BlobStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-blobs-").FullName;
    private readonly Dictionary<(string Container, string Name), string> _blobs = [];
    private readonly Dictionary<(string Container, string Name), Dictionary<string, string>> _blocks = [];

    /// <summary>A file that nothing refers to yet.</summary>
    public string NewFile() => Path.Join(_folder, Guid.NewGuid().ToString("N"));

    public T Locked<T>(Func<T> act)
    {
        lock (_gate)
            return act();
    }

    public string? Find(string container, string name) => Locked(() => _blobs.GetValueOrDefault((container, name)));

    /// <summary>Within <see cref="Locked"/>.</summary>
    public void Put(string container, string name, string file)
    {
        _blocks.Remove((container, name));
        _blobs[(container, name)] = file;
    }

    /// <summary>Blocks that were staged and not committed, by id; within <see cref="Locked"/>.</summary>
    public Dictionary<string, string> Blocks(string container, string name)
    {
        if (!_blocks.TryGetValue((container, name), out var blocks))
            _blocks[(container, name)] = blocks = [];
        return blocks;
    }

    /// <summary>Files by what their name has beyond a folder; of the whole container when the folder is empty.</summary>
    public IReadOnlyDictionary<string, string> Under(string container, string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return Locked(() =>
            _blobs
                .Where(b => b.Key.Container == container && b.Key.Name.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(b => b.Key.Name[prefix.Length..], b => b.Value)
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
