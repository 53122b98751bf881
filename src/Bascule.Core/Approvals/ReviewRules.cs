using Bascule.Core.Forges;

namespace Bascule.Core.Approvals;

/// <summary>Which reviews at a forge can stand for an approval at all; whoever gave it must then satisfy <see cref="ApprovalRules"/> like everybody (THREATS T98).</summary>
public static class ReviewRules
{
    /// <summary>Why it does not count; null when it does.</summary>
    public static string? WhyNot(PostedReview review, CommitId head)
    {
        if (review.Verdict != ReviewVerdict.Approved)
            return "it does not approve";
        if (!review.Official)
            return "it is not official";
        if (review.Dismissed)
            return "it was dismissed";
        if (review.Stale)
            return "it is stale";
        if (review.Commit != head)
            return "it is for another commit";
        return review.By is null ? "nobody knows who gave it" : null;
    }

    /// <summary>The newest word of each account that approves or asks for changes: who approves and then asks for changes does not approve.</summary>
    public static IEnumerable<PostedReview> Last(IEnumerable<PostedReview> reviews) =>
        reviews
            .Where(review => review is { By: not null, Verdict: not ReviewVerdict.Other })
            .GroupBy(review => review.By!.Id)
            .Select(own => own.MaxBy(review => (review.At, review.Id))!);
}
