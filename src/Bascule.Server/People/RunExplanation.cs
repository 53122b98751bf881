using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Access;

namespace Bascule.Server.People;

/// <summary>Says whether somebody may do something to one run: the roles, and for an approval every rule about who may give it. Nothing is done.</summary>
internal sealed class RunExplanation(
    PolicyExplanation roles,
    PersonFinder finder,
    IRunStore runs,
    IApprovals approvals,
    Sight sight
)
{
    private const int MaxLine = 1000;

    /// <param name="who">A person's uid, or ISSUER#SUBJECT: the rules look at linked accounts, which claims have none of.</param>
    /// <param name="act">Empty for <c>approve_run</c>.</param>
    public async Task<Result<ExplanationRecord>> ExplainAsync(
        string who,
        string act,
        string run,
        CancellationToken cancellationToken
    )
    {
        var asked = Act.ApproveRun;
        if (act.Length > 0 && !ActWords.TryParse(act, out asked))
            return Problem.Invalid($"there is no act '{act}'; use one of: {string.Join(", ", ActWords.All)}");
        if (!RunId.IsWellFormed(run) || await runs.FindAsync(new RunId(run), cancellationToken) is not { } found)
            return Things.NoRun(run);
        var person = await finder.FindAsync(who, cancellationToken);
        if (person.Failed(out var unknown))
            return unknown;
        var scope = await sight.OfAsync(found, person.Value.ToActor(authenticatedAt: null), asked, cancellationToken);
        var explained = roles.Explain(person.Value, asked, scope);
        if (asked != Act.ApproveRun)
            return explained;
        var checks = await approvals.ExplainAsync(found.Id, person.Value, cancellationToken);
        return checks.Failed(out var problem) ? problem : WithChecks(explained, checks.Value);
    }

    /// <summary>A role alone approves nothing: the first rule that fails decides then.</summary>
    private static ExplanationRecord WithChecks(ExplanationRecord explained, IReadOnlyList<ApprovalCheck> checks)
    {
        var written = explained with
        {
            Checks =
            [
                .. checks.Select(check => new CheckRecord(
                    check.Rule,
                    PlainText.Line(check.Fact, MaxLine),
                    check.Passed
                )),
            ],
        };
        return written.Allowed && checks.FirstOrDefault(check => !check.Passed) is { } failed
            ? written with
            {
                Allowed = false,
                Rule = failed.Rule,
                Reason = PlainText.Line(failed.Fact, MaxLine),
            }
            : written;
    }
}
