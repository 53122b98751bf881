using System.Security.Cryptography;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// Where one push waits while it is judged: a bare repository of its own, made by us, that is gone when the push is over (THREATS T64, T77). Nothing in the
/// mirrors ever comes from a push that was not taken by the forge.
/// </summary>
internal sealed class Quarantine : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Config = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
    private readonly Action<long> _giveBack;
    private long _spooled;

    private Quarantine(string folder, Action<long> giveBack) => (Folder, _giveBack) = (folder, giveBack);

    public string Folder { get; }

    /// <summary>The pack as the client sent it.</summary>
    public string PackFile => Path.Combine(Folder, "received.pack");

    /// <param name="giveBack">Is told how many bytes are free again once it is gone.</param>
    public static Quarantine Create(string root, Action<long> giveBack)
    {
        var folder = Path.Combine(root, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        foreach (var part in (string[])[root, folder])
            Directory.CreateDirectory(part, OwnerOnly);
        foreach (var part in (string[])["objects/info", "objects/pack", "refs"])
            Directory.CreateDirectory(Path.Combine(folder, part), OwnerOnly);
        File.WriteAllText(Path.Combine(folder, "HEAD"), "ref: refs/heads/none\n");
        File.WriteAllText(Path.Combine(folder, "config"), Config);
        return new Quarantine(folder, giveBack);
    }

    public void Note(long bytes) => _spooled += bytes;

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        _giveBack(_spooled);
        _spooled = 0;
    }
}
