using Bascule.Core.Forges;
using Bascule.Server.Connections;

namespace Bascule.Server.GitProxy;

/// <summary>The repository of a request, as it stood at the forge when it was asked for.</summary>
/// <param name="Repository">Under its name of now: the address is spelled exactly so (THREATS T90).</param>
internal sealed record ProxiedRepository(RepositoryKey Key, ConnectedForge Connection, ForgeRepository Repository)
{
    public IForge Forge => Connection.Forge;

    /// <summary>With the forge's own credential, which stays inside Bascule (THREATS T93).</summary>
    public GitAccess Access => Forge.AccessTo(Repository);
}
