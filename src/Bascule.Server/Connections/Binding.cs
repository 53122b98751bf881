using Bascule.Core;
using Bascule.Core.Installation;
using Bascule.Server.Configuration;

namespace Bascule.Server.Connections;

/// <summary>Ties the names in the settings to the uids of this installation.</summary>
internal static class Binding
{
    /// <summary>Conflict when a forge's name now points at another address.</summary>
    public static async Task<Result<ForgeConnections>> BindForgesAsync(
        ServerSettings settings,
        IInstallationStore installation,
        CancellationToken cancellationToken
    )
    {
        var bound = new List<ConnectedForge>();
        foreach (var forge in settings.Forges)
        {
            var uid = await installation.BindForgeAsync(forge.Name, forge.Forge.Url, cancellationToken);
            if (uid.Failed(out var problem))
                return problem;
            bound.Add(
                new ConnectedForge(uid.Value, forge.Name, forge.Forge, forge.Repositories)
                {
                    Reconcile = forge.Reconcile,
                    RotateSecrets = forge.RotateSecrets,
                    Credential = forge.Credential,
                    Ssh = forge.Ssh,
                }
            );
        }
        return new ForgeConnections(bound);
    }

    public static async Task<EnvironmentConnections> BindEnvironmentsAsync(
        ServerSettings settings,
        IInstallationStore installation,
        CancellationToken cancellationToken
    )
    {
        var bound = new List<EnvironmentConnection>();
        foreach (var environment in settings.Environments)
        {
            var uid = await installation.BindEnvironmentAsync(environment.Name, cancellationToken);
            bound.Add(
                new EnvironmentConnection(uid, environment.Rule, environment.Platform.Platform, environment.Brings)
            );
        }
        return new EnvironmentConnections(bound);
    }
}
