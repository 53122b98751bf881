using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Approvals;

/// <summary>What environments ask for that run proven content alone and have nobody who approves: a signature of the commit that runs.</summary>
internal sealed class ContentProof(
    ICommitProof proof,
    EnvironmentConnections environments,
    AuditTrail audit,
    TimeProvider time
)
{
    public const string Step = "proof";

    /// <summary>What proves the run's commit; null when its environment does not demand it.</summary>
    public async Task<Result<CommitProof>?> FindAsync(Run run, CancellationToken cancellationToken) =>
        RuleOf(run) is { DemandsProven: true }
            ? await proof.FindAsync(run.Repository, run.Commit, cancellationToken)
            : null;

    /// <summary>Why the run may not start; null when it may, or when that cannot be told now: then <see cref="ApprovalGate"/> asks again.</summary>
    public async Task<(Decision? Refusal, ProvenBy? By)> DecideAsync(Run run, CancellationToken cancellationToken)
    {
        if (RuleOf(run) is not { Approvals: null } || await FindAsync(run, cancellationToken) is not { } found)
            return (null, null);
        if (found.Failed(out var unknown))
            return (unknown.IsTransient ? null : Deny(run, unknown.Message), null);
        return found.Value.By is { } by ? (null, by) : (Deny(run, found.Value.Because), null);
    }

    public static Decision Deny(Run run, string because) =>
        Decision.Deny(
            $"environments.{run.Environment}.assurance",
            $"commit {run.Commit.Short} is not proven: {because}; sign it with a key that you have confirmed (git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; git commit --amend --no-edit -S; bascule account confirm-key FINGERPRINT), or have an operator ask for approvals at Bascule there"
        );

    /// <summary>To be stored when the run is started: what proved it then.</summary>
    public IReadOnlyList<Change> Note(Run run, ProvenBy by)
    {
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        return
        [
            new AddTimeline(run.Id, new TimelineEntry(time.GetUtcNow(), Step, by.ToString())),
            audit.Record(
                new AuditEntry(AuditTypes.RunProven, "bascule")
                {
                    Links = links,
                    Decision = new AuditDecision(true, $"environments.{run.Environment}.assurance", by.ToString()),
                    Facts = new JsonObject
                    {
                        ["environment"] = run.Environment,
                        ["commit"] = run.Commit.ToString(),
                        ["content"] = run.Content?.Hex,
                        ["person"] = $"person:{by.PersonUid}",
                        ["fingerprint"] = by.Fingerprint,
                    },
                }
            ),
        ];
    }

    private EnvironmentRule? RuleOf(Run run) => run.Environment is { } name ? environments.Find(name)?.Rule : null;
}
