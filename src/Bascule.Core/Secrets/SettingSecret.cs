using Bascule.Core.Settings;

namespace Bascule.Core.Secrets;

/// <summary>A setting that names a secret: where it stands, where the secret is, and what was read there last. Safe to use from many tasks at once.</summary>
public sealed class SettingSecret
{
    private volatile string? _value;

    public SettingSecret(string key, SettingLocation location, SecretReference reference)
    {
        (Key, Location, Reference) = (key, location, reference);
        Secret = Secret.Changing(
            () => _value ?? throw new InvalidOperationException($"{key} was used before it was read from {reference}"),
            () => Doubted?.Invoke()
        );
    }

    /// <summary>The path to the setting, e.g. <c>forges.git.token</c>.</summary>
    public string Key { get; }

    public SettingLocation Location { get; }

    public SecretReference Reference { get; }

    /// <summary>Reveals what was read last; whoever holds it follows each change.</summary>
    public Secret Secret { get; }

    /// <summary>Whether the database is opened with it: then nothing that the database keeps can help to read it.</summary>
    public bool OpensStorage { get; init; }

    internal Action? Doubted { get; set; }

    public bool IsRead => _value is not null;

    /// <summary>Whether that is another secret than before.</summary>
    public bool Take(Secret read)
    {
        var value = read.Reveal();
        return !string.Equals(Interlocked.Exchange(ref _value, value), value, StringComparison.Ordinal);
    }
}
