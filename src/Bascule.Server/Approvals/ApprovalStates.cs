using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;

namespace Bascule.Server.Approvals;

/// <summary>Reads how far the approvals of a run have come, from the database and nothing that is kept in memory.</summary>
internal sealed class ApprovalStates(
    IApprovalStore approvals,
    IPeopleStore people,
    EnvironmentConnections environments,
    ICommitProof proof,
    TimeProvider time
)
{
    /// <summary>Null when the run's environment asks for nothing.</summary>
    public EnvironmentRule? RuleOf(Run run) =>
        run.Environment is { } name && environments.Find(name)?.Rule is { Approvals: not null } rule ? rule : null;

    /// <summary>Null when the environment asks for nothing, or the run never asked.</summary>
    public async Task<ApprovalState?> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        if (RuleOf(run) is not { } rule || await approvals.FindAsync(run.Id, cancellationToken) is not { } request)
            return null;
        var given = await approvals.ReadAsync(run.Id, cancellationToken);
        var act = await approvals.FindBreakGlassAsync(run.Id, cancellationToken);
        var known = await PeopleAsync(given, cancellationToken);
        var standing = await CountAsync(run, rule, request, given, known, cancellationToken);
        string?[] others = [act?.PersonUid, act?.ReviewedBy];
        foreach (var uid in others.OfType<string>())
            if (!known.ContainsKey(uid) && await people.FindAsync(uid, cancellationToken) is { } other)
                known[uid] = other;
        var names = await NamesAsync(run, known.Values, cancellationToken);
        return new ApprovalState(rule.Approvals!, request, standing, given, act, names);
    }

    /// <summary>What would count if these were given.</summary>
    public async Task<ApprovalStanding> CountAsync(
        Run run,
        EnvironmentRule rule,
        ApprovalRequest request,
        IReadOnlyList<Approval> given,
        CancellationToken cancellationToken
    ) => await CountAsync(run, rule, request, given, await PeopleAsync(given, cancellationToken), cancellationToken);

    private async Task<ApprovalStanding> CountAsync(
        Run run,
        EnvironmentRule rule,
        ApprovalRequest request,
        IReadOnlyList<Approval> given,
        Dictionary<string, Person> known,
        CancellationToken cancellationToken
    )
    {
        // What cannot be told now is not proven now.
        var found = rule.DemandsProven ? await proof.FindAsync(run.Repository, run.Commit, cancellationToken) : null;
        var count = new ApprovalCount(run, request, given, rule.Approvals!, known, time.GetUtcNow())
        {
            DemandsProven = rule.DemandsProven,
            Proof = found is { Problem: null } ? found.Value.By : null,
        };
        return ApprovalStanding.Of(count);
    }

    private async Task<Dictionary<string, Person>> PeopleAsync(
        IReadOnlyList<Approval> given,
        CancellationToken cancellationToken
    )
    {
        var known = new Dictionary<string, Person>(StringComparer.Ordinal);
        foreach (var uid in given.Select(approval => approval.PersonUid).Distinct(StringComparer.Ordinal))
            if (await people.FindAsync(uid, cancellationToken) is { } person)
                known[uid] = person;
        return known;
    }

    /// <summary>The account at the run's forge, which everybody who reads there knows them by; else their name.</summary>
    private async Task<IReadOnlyDictionary<string, string>> NamesAsync(
        Run run,
        IEnumerable<Person> known,
        CancellationToken cancellationToken
    )
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var person in known)
        {
            var links = await people.ReadLinksAsync(person.Uid, cancellationToken);
            var link = links.FirstOrDefault(link => link.ForgeUid == run.Repository.ForgeUid);
            names[person.Uid] = link?.Login ?? person.Name;
        }
        return names;
    }
}
