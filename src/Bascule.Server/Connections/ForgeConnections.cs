using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Settings;

namespace Bascule.Server.Connections;

/// <summary>A forge of the settings, with the uid that its name is bound to.</summary>
/// <param name="Repositories">Which of its repositories Bascule looks at.</param>
public sealed record ConnectedForge(string Uid, string Name, IForge Forge, IReadOnlyList<Glob> Repositories)
{
    public ReconcileSettings Reconcile { get; init; } = new();

    /// <summary>How old the secret of a webhook may become; null for as old as it likes.</summary>
    public TimeSpan? RotateSecrets { get; init; }

    public CredentialSettings Credential { get; init; } = CredentialSettings.Default;

    /// <summary>Where people reach it by SSH, when that is not git@ and the host of its address.</summary>
    public SshAddress? Ssh { get; init; }

    /// <param name="repository">owner/name.</param>
    public bool Takes(string repository) => Repositories.Any(glob => glob.IsMatch(repository));
}

/// <summary>The forges of the settings.</summary>
public sealed class ForgeConnections(IReadOnlyList<ConnectedForge> connections)
{
    public IReadOnlyList<ConnectedForge> All => connections;

    public ConnectedForge? Find(string uid) => connections.FirstOrDefault(connection => connection.Uid == uid);

    public ConnectedForge? FindByName(string name) => connections.FirstOrDefault(connection => connection.Name == name);
}
