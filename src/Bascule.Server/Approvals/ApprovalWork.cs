using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Approvals;

/// <summary>Rows that wait with a run. Each has a lane of its own and blocks nobody.</summary>
internal static class ApprovalWork
{
    public const string ExpiryKind = "approval.expire";
    public const string ReviewsKind = "approval.reviews";
    public const string GlassKind = "approval.bypass";

    public static Change Expiry(RunId run, DateTimeOffset due) => Add("expire", ExpiryKind, run, due);

    public static Change Reviews(RunId run, DateTimeOffset due) => Add("reviews", ReviewsKind, run, due);

    public static Change Glass(RunId run, DateTimeOffset due) => Add("bypass", GlassKind, run, due);

    private static AddWork Add(string lane, string kind, RunId run, DateTimeOffset due) =>
        new(new NewWork($"approval.{lane}:{run}", kind, run.Text, due, Once: true));
}
