using Bascule.Core.Api;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Server.Connections;

namespace Bascule.Server.Exchange;

/// <summary>Tokens for git as the API shows them.</summary>
internal sealed class TokenReader(
    IGitPassStore passes,
    IPeopleStore people,
    IRepositoryStore repositories,
    ForgeConnections forges,
    TimeProvider time
)
{
    private const int MostShown = 500;

    public async Task<GitTokenList> ListAsync(CancellationToken cancellationToken)
    {
        List<GitTokenRecord> records = [];
        foreach (var pass in await passes.ListAsync(holderUid: null, time.GetUtcNow(), MostShown, cancellationToken))
            records.Add(await WriteAsync(pass, cancellationToken));
        return new GitTokenList(records);
    }

    public async Task<GitTokenRecord> WriteAsync(StoredPass pass, CancellationToken cancellationToken)
    {
        var holder = await people.FindAsync(pass.HolderUid, cancellationToken);
        var known = await repositories.FindAsync(pass.Repository, cancellationToken);
        var forge = forges.Find(pass.Repository.ForgeUid)?.Name ?? pass.Repository.ForgeUid;
        return new GitTokenRecord
        {
            Uid = pass.Uid,
            Holder = pass.HolderUid,
            Issuer = holder?.Subject.Issuer ?? "",
            Subject = holder?.Subject.Id ?? "",
            Repository = known is null ? $"{forge}, number {pass.Repository.Id}" : $"{forge}:{known.FullName}",
            Verbs = [.. pass.Verbs.Order().Select(verb => verb.Write())],
            Refs = [.. pass.Refs.Patterns.Select(pattern => pattern.ToString())],
            Policy = pass.Policy,
            CreatedAt = pass.CreatedAt,
            ExpiresAt = pass.ExpiresAt,
            RevokedAt = pass.RevokedAt,
        };
    }
}
