using Bascule.Core.Api;
using Bascule.Core.Approvals;
using Bascule.Core.Text;

namespace Bascule.Server.Api;

/// <summary>Approvals as the API shows them: what people wrote is cleaned (THREATS T113).</summary>
internal static class ApprovalRecordWriter
{
    private const int MaxLine = 1000;

    public static ApprovalsRecord Of(ApprovalState state) =>
        new()
        {
            Required = state.Policy.Required,
            Missing = state.Standing.Missing,
            ProofMissing = state.Standing.ProofMissing,
            ProvenBy = Of(state.Standing.ProvenBy),
            From = [.. state.Policy.From.Select(selector => Line(selector.Text))],
            ExpiresAt = state.Request.ExpiresAt,
            Given = [.. state.Given.Select(approval => Of(approval, state))],
            BreakGlass = state.BreakGlass is { } act ? Of(act, state) : null,
        };

    public static IReadOnlyList<CheckRecord> Of(IReadOnlyList<ApprovalCheck> checks) =>
        [.. checks.Select(check => new CheckRecord(check.Rule, Line(check.Fact), check.Passed))];

    public static ProofRecord? Of(ProvenBy? by) => by is null ? null : new ProofRecord(by.PersonUid, by.Fingerprint);

    private static ApprovalRecord Of(Approval approval, ApprovalState state)
    {
        var counts = state.Standing.Counting.Any(other => other.Uid == approval.Uid);
        var because =
            approval.VoidedBecause
            ?? state.Standing.Ignored.FirstOrDefault(ignored => ignored.Approval.Uid == approval.Uid).Because;
        return new ApprovalRecord(
            approval.PersonUid,
            Line(NameOf(approval.PersonUid, state)),
            approval.At,
            approval.Source.ToString().ToLowerInvariant(),
            counts,
            because is null ? null : Line(because),
            approval.Comment is null ? null : Line(approval.Comment),
            approval.CarriedFrom?.Text
        );
    }

    private static BreakGlassRecord Of(BreakGlass act, ApprovalState state) =>
        new(
            act.PersonUid,
            Line(NameOf(act.PersonUid, state)),
            act.At,
            Line(act.Reason),
            act.ReviewBy,
            act.ReviewedBy is { } uid ? Line(NameOf(uid, state)) : null,
            act.FlaggedAt is not null
        );

    private static string NameOf(string uid, ApprovalState state) => state.Names.GetValueOrDefault(uid, uid);

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
