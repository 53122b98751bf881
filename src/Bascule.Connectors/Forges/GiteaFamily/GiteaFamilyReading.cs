using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>From the server's records to Core's.</summary>
internal static class GiteaFamilyReading
{
    public static RegisteredWebhook Webhook(ApiHook hook) =>
        new(hook.Id, hook.Config.Url ?? "", hook.Active, hook.Events ?? []);

    public static Comment Comment(ApiComment comment) => new(comment.Id, comment.User.Id, comment.Body);

    public static Comment Listed(ApiComment comment) =>
        Comment(comment) with
        {
            Author = comment.User.Login,
            CreatedAt = comment.CreatedAt,
            UpdatedAt = comment.UpdatedAt,
            IsImported = !string.IsNullOrEmpty(comment.OriginalAuthor),
        };

    public static PostedStatus Status(ApiStatus status) =>
        new(GiteaFamilyStates.Read(status.Status), status.Context, status.Description, status.Creator?.Id ?? 0);

    public static PostedReview Review(ApiReview review) =>
        new(
            review.Id,
            Account(review.User),
            review.State switch
            {
                "APPROVED" => ReviewVerdict.Approved,
                "REQUEST_CHANGES" => ReviewVerdict.ChangesRequested,
                _ => ReviewVerdict.Other,
            },
            review.Official,
            review.Stale,
            review.Dismissed,
            CommitId.TryParse(review.CommitId, out var commit) ? commit : null,
            review.SubmittedAt
        );

    /// <summary>Servers write an account that they do not know as null, or as one without an id.</summary>
    public static ForgeAccount? Account(ApiUser? user) =>
        user is { Id: > 0 } known ? new ForgeAccount(known.Id, known.Login) : null;
}
