using Bascule.Core.Forges;

namespace Bascule.Server.Connections;

/// <summary>A forge of the settings, with the uid that its name is bound to.</summary>
/// <param name="Repositories">The globs of repositories that <c>connect</c> registers webhooks on.</param>
public sealed record ForgeConnection(string Uid, string Name, IForge Forge, IReadOnlyList<string> Repositories);

/// <summary>The forges of the settings.</summary>
public sealed class ForgeConnections(IReadOnlyList<ForgeConnection> connections)
{
    public IReadOnlyList<ForgeConnection> All => connections;

    public ForgeConnection? Find(string uid) => connections.FirstOrDefault(connection => connection.Uid == uid);

    public ForgeConnection? FindByName(string name) => connections.FirstOrDefault(connection => connection.Name == name);
}
