using Bascule.Core.Secrets;

namespace Bascule.Core.Settings;

/// <summary>What the server lends to a connector when it opens a connection.</summary>
/// <param name="Folder">The folder of the settings file: relative paths in it start here.</param>
/// <param name="PublicUrl">Bascule's own public address, without a trailing slash: the issuer of its tokens.</param>
public sealed record ConnectionHost(TimeProvider Time, string Folder, Uri PublicUrl)
{
    /// <summary>Takes every secret that a setting names.</summary>
    public SettingSecrets Secrets { get; init; } = new();

    /// <summary>Makes a path of the settings file absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);
}
