using Bascule.Core.Settings;

namespace Bascule.Core.Secrets;

/// <summary>The one way in which a setting names a secret.</summary>
public static class SecretReader
{
    /// <summary>
    /// Reads where a required secret is, and the secret itself when it is on this machine; others are read when Bascule starts. Reports what is wrong with
    /// the reference, never what is in it.
    /// </summary>
    public static Secret? RequiredSecret(
        this SettingReader settings,
        string key,
        ConnectionHost host,
        bool opensStorage = false
    )
    {
        if (settings.RequiredText(key, $"write {key}: {SecretReference.Forms}") is not { } text)
            return null;
        if (!SecretReference.TryParse(text, host.Resolve, out var reference, out var fault))
        {
            settings.Refuse(key, fault.Message, fault.Remedy);
            return null;
        }
        var (path, location) = settings.PlaceOf(key);
        var secret = new SettingSecret(path, location, reference) { OpensStorage = opensStorage };
        if (reference.IsLocal && host.Secrets.IsReading && !Take(settings, key, secret))
            return null;
        host.Secrets.Add(secret);
        return secret.Secret;
    }

    private static bool Take(SettingReader settings, string key, SettingSecret secret)
    {
        if (LocalSecrets.TryRead(secret.Reference, out var read, out var fault))
            secret.Take(read);
        else
            settings.Refuse(key, fault.Message, fault.Remedy);
        return fault is null;
    }
}
