using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Events;

namespace Bascule.Server.Approvals;

/// <summary>An approval that came from a review which does not stand any more.</summary>
internal sealed record GoneReview(Approval Approval, string Because);

/// <summary>Reads reviews from the forge, at the moment when something is decided by them; what a hook says of one is never looked at (THREATS T98).</summary>
internal sealed class ReviewReader(RepositoryLookup lookup, IPeopleStore people, ApprovalJudge judge, TimeProvider time)
{
    /// <summary>Reviews of the run's own commit, by people who satisfy the same rules as everybody, that are no approvals yet.</summary>
    public async Task<Result<IReadOnlyList<Approval>>> FindNewAsync(
        Run run,
        EnvironmentRule rule,
        CancellationToken cancellationToken
    )
    {
        if (run.PullRequest is not { } number || !rule.Approvals!.ForgeReviews)
            return Result.Of<IReadOnlyList<Approval>>([]);
        var listed = await ListAsync(run, number, cancellationToken);
        if (listed.Failed(out var unread))
            return unread;
        var found = new List<Approval>();
        foreach (var review in listed.Value.Where(review => ReviewRules.WhyNot(review, run.Commit) is null))
        {
            var judged = await JudgeAsync(run, rule, review, cancellationToken);
            if (judged.Failed(out var unjudged))
                return unjudged;
            if (judged.Value is { } approval)
                found.Add(approval with { Review = new ReviewReference(number, review.Id) });
        }
        return Result.Of<IReadOnlyList<Approval>>(found);
    }

    /// <summary>Those of the given approvals whose review was dismissed, is stale, or is gone.</summary>
    public async Task<Result<IReadOnlyList<GoneReview>>> FindGoneAsync(
        Run run,
        IReadOnlyList<Approval> given,
        CancellationToken cancellationToken
    )
    {
        var gone = new List<GoneReview>();
        var reviewed = given.Where(approval => approval is { IsVoid: false, Review: not null });
        foreach (var ofOne in reviewed.GroupBy(approval => approval.Review!.PullRequest))
        {
            var listed = await ListAsync(run, ofOne.Key, cancellationToken);
            if (listed.Failed(out var unread))
                return unread;
            foreach (var approval in ofOne)
                if (WhyGone(approval, run, listed.Value) is { } because)
                    gone.Add(new GoneReview(approval, because));
        }
        return Result.Of<IReadOnlyList<GoneReview>>(gone);
    }

    private static string? WhyGone(Approval approval, Run run, IReadOnlyList<PostedReview> reviews)
    {
        var review = reviews.FirstOrDefault(review => review.Id == approval.Review!.Id);
        if (review is null)
            return "the review does not stand any more";
        // One that came along with a merge was for the head, which is not the run's commit.
        var head = approval.CarriedFrom is null ? run.Commit : review.Commit ?? run.Commit;
        return ReviewRules.WhyNot(review, head) is { } because
            ? $"the review does not count any more: {because}"
            : null;
    }

    private async Task<Result<Approval?>> JudgeAsync(
        Run run,
        EnvironmentRule rule,
        PostedReview review,
        CancellationToken cancellationToken
    )
    {
        var link = await people.FindLinkAsync(run.Repository.ForgeUid, review.By!.Id, cancellationToken);
        if (link is null || await people.FindAsync(link.PersonUid, cancellationToken) is not { } person)
            return Result.Of<Approval?>(null);
        var actor = new Actor(person.Type, person.Uid)
        {
            Subject = person.Subject,
            Name = person.Name,
            Groups = person.Groups,
        };
        var facts = await judge.GatherAsync(run, rule, actor, cancellationToken);
        if (facts.Failed(out var unknown))
            return unknown;
        if (ApprovalRules.Refusal(ApprovalRules.Check(facts.Value with { IsReview = true })) is not null)
            return Result.Of<Approval?>(null);
        return Result.Of<Approval?>(
            new Approval
            {
                Uid = Approval.NewUid(),
                Run = run.Id,
                Generation = facts.Value.Request!.Generation,
                PersonUid = person.Uid,
                Thing = ApprovedThing.Of(run)!,
                At = time.GetUtcNow(),
                Source = ApprovalSource.Review,
            }
        );
    }

    private async Task<Result<IReadOnlyList<PostedReview>>> ListAsync(
        Run run,
        long number,
        CancellationToken cancellationToken
    )
    {
        var opened = await lookup.OpenAsync(run.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        if (opened.Value.Forge is not IReviews forge)
            return Result.Of<IReadOnlyList<PostedReview>>([]);
        var listed = await forge.ListReviewsAsync(opened.Value.Repository, number, cancellationToken);
        return listed.Failed(out var unread)
            ? unread
            : Result.Of<IReadOnlyList<PostedReview>>([.. ReviewRules.Last(listed.Value)]);
    }
}
