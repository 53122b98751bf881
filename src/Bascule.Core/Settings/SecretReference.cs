namespace Bascule.Core.Settings;

/// <summary>Secrets are never written in a settings file: <c>file:/run/secrets/gitea</c> says where one is.</summary>
public static class SecretReference
{
    private const string Scheme = "file:";
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads a required secret; reports what is wrong with the reference, never what is in the file.</summary>
    public static Secret? RequiredSecret(this SettingReader settings, string key, ConnectionHost host)
    {
        if (settings.RequiredText(key, $"write {key}: \"{Scheme}/path/to/secret\"") is not { } text)
            return null;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            settings.Refuse(key, "holds a value", $"put it in a file of mode 0600 and write {key}: \"{Scheme}/path\"");
            return null;
        }
        return Read(settings, key, host.Resolve(text[Scheme.Length..]));
    }

    private static Secret? Read(SettingReader settings, string key, string path)
    {
        try
        {
            if (
                new FileInfo(path).Length <= MaxBytes
                && new Secret(File.ReadAllText(path).Trim()) is { IsEmpty: false } secret
            )
                return secret;
            settings.Refuse(key, $"names '{path}', which is empty or too large", "write the secret into it, alone");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            settings.Refuse(
                key,
                $"names '{path}', which cannot be read",
                "create it, readable for Bascule's user only"
            );
        }
        return null;
    }
}
