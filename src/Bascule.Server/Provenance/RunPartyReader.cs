using System.Globalization;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;

namespace Bascule.Server.Provenance;

/// <summary>Who brought a run's commit, by pseudonym: proven by a push through Bascule or a signature, otherwise as the forge asserts.</summary>
internal sealed class RunPartyReader(IPushStore pushes, IPeopleStore people, ICommitProof proof)
{
    /// <summary>Unavailable when it cannot be told now whether the commit is signed.</summary>
    public async Task<Result<IReadOnlyList<RunParty>>> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        List<RunParty> parties = [];
        foreach (var push in await pushes.ListAsync(run.Repository, run.Commit, cancellationToken))
            parties.Add(new RunParty(NameOf(push), "pushed through Bascule", IsProven: true) { Proof = push.Push });
        var found = await proof.FindAsync(run.Repository, run.Commit, cancellationToken);
        if (found.Failed(out var unknown) && unknown.IsTransient)
            return unknown;
        if (found.Problem is null && found.Value.By is { IsPush: false } by)
            parties.Add(
                new RunParty($"person:{by.PersonUid}", "signed the commit", IsProven: true) { Proof = by.Fingerprint }
            );
        if (run.By is { } account)
        {
            var link = await people.FindLinkAsync(run.Repository.ForgeUid, account.Id, cancellationToken);
            var id = account.Id.ToString(CultureInfo.InvariantCulture);
            parties.Add(
                new RunParty(
                    link is null ? $"account:{run.Repository.ForgeUid}/{id}" : $"person:{link.PersonUid}",
                    "named by the forge",
                    IsProven: false
                )
            );
        }
        return Result.Of<IReadOnlyList<RunParty>>([.. parties.DistinctBy(one => (one.Party, one.How))]);
    }

    private static string NameOf(PushedRef push) =>
        $"{(push.ActorType == ActorType.Workload ? "workload" : "person")}:{push.ActorUid}";
}
