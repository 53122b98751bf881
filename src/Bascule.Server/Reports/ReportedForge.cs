using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Reports;

/// <summary>A forge as reports write to it: with our own account there, and every write in the audit log.</summary>
internal sealed class ReportedForges(ForgeConnections forges, IRepositoryStore repositories, AuditTrail audit)
{
    private readonly ConcurrentDictionary<string, ForgeAccount> _selves = new(StringComparer.Ordinal);

    public async Task<Result<ReportedForge>> OpenAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        if (forges.Find(key.ForgeUid) is not { } connection)
            return Problem.Denied("its forge is not in bascule.yaml any more");
        if (await repositories.FindAsync(key, cancellationToken) is not { } repository)
            return Problem.NotFound($"repository {key.Id} of forge '{connection.Name}' is not connected any more");
        var self = await SelfAsync(connection, cancellationToken);
        if (self.Failed(out var problem))
            return problem;
        var links = new Dictionary<string, string> { ["repository"] = key.ToString() };
        return new ReportedForge(connection.Forge, repository, self.Value, new CallAudit(audit, links));
    }

    private async Task<Result<ForgeAccount>> SelfAsync(ConnectedForge connection, CancellationToken cancellationToken)
    {
        if (_selves.TryGetValue(connection.Uid, out var known))
            return known;
        var identity = await connection.Forge.IdentifyAsync(cancellationToken);
        return identity.Failed(out var problem) ? problem : _selves.GetOrAdd(connection.Uid, identity.Value.Account);
    }
}

/// <param name="Self">The account that our token belongs to.</param>
internal sealed record ReportedForge(IForge Forge, ForgeRepository Repository, ForgeAccount Self, CallAudit Audit)
{
    /// <summary>SHA-256 of a text, hex: by it nothing is written twice.</summary>
    public static string DigestOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
