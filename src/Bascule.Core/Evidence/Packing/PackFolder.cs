using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Evidence.Packing;

/// <summary>The files of a pack while they are written, in a folder that only this user can read. Gone when it is disposed.</summary>
internal sealed class PackFolder : IDisposable
{
    private readonly SortedDictionary<string, PackFile> _files = new(StringComparer.Ordinal);

    private PackFolder(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <param name="beside">The file that it will become: they are on one disk.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static PackFolder Create(string beside)
    {
        var path = $"{beside}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PackFolder(path);
    }

    public PackFile Open(string name)
    {
        if (_files.TryGetValue(name, out var known))
            return known;
        var path = PathOf(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return _files[name] = new PackFile(path);
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var file = Open(name);
        file.Write(bytes);
        file.Close();
    }

    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>As sha256sum reads it: every file by now.</summary>
    public string Sums()
    {
        var sums = new StringBuilder();
        foreach (var (name, file) in _files)
            sums.Append(Convert.ToHexStringLower(file.Close())).Append("  ").Append(name).Append('\n');
        return sums.ToString();
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}

/// <summary>One of them.</summary>
internal sealed class PackFile(string path) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
    private byte[] _digest = [];

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _stream!.Write(bytes);
        _hash.AppendData(bytes);
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    public void Dispose() => Close();

    /// <summary>Its SHA-256.</summary>
    public byte[] Close()
    {
        if (_stream is null)
            return _digest;
        _stream.Dispose();
        _stream = null;
        _digest = _hash.GetHashAndReset();
        _hash.Dispose();
        return _digest;
    }
}
