using Bascule.Connectors.Keys;
using Bascule.Connectors.Keys.Pkcs11;

namespace Bascule.Server.Configuration;

/// <summary>By which key statements about runs are signed.</summary>
public sealed record ProvenanceSettings
{
    public static readonly ProvenanceSettings Default = new();

    /// <summary>Where the next key is; null for one of our own, sealed.</summary>
    public KeyName? Key { get; init; }

    /// <summary>How a token is opened; null when no key is in one.</summary>
    public Pkcs11Options? Token { get; init; }

    /// <summary>How long a key is published before it signs.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromDays(1);
}
