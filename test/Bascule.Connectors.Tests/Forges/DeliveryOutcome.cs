using System.Globalization;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>One line that says what became of a delivery, for the tables of expected outcomes.</summary>
internal static class DeliveryOutcome
{
    public static string Of(IWebhookReader reader, WebhookRequest request, Secret secret)
    {
        var verified = reader.Verify(request, [secret]);
        if (verified.Failed(out var refused))
            return $"refused: {refused.Code}";
        var parsed = reader.Parse(verified.Value);
        return parsed.Failed(out var invalid) ? $"invalid: {invalid.Message}" : Describe(parsed.Value);
    }

    public static string Describe(ForgeEvent happened) =>
        happened switch
        {
            RefHint hint =>
                $"{hint.Ref} {Short(hint.Before)}..{Short(hint.After)} in {hint.RepositoryId} by {hint.Pusher?.Login}",
            PullRequestHint hint => string.Create(
                CultureInfo.InvariantCulture,
                $"{hint.Action} #{hint.Number} {hint.HeadBranch}@{Short(hint.Head)} -> {hint.Base.ShortName} in {hint.RepositoryId}{(hint.FromFork ? " from fork" : "")} by {hint.Sender?.Login}{(hint.MergeCommit is { } merge ? " as " + merge.Short : "")}"
            ),
            PingHint hint => $"ping of {hint.RepositoryId}",
            IgnoredEvent ignored => $"ignored: {ignored.Because}",
            _ => throw new InvalidOperationException($"no line for {happened.GetType().Name}"),
        };

    private static string Short(CommitId? id) => id is { } commit ? commit.Short : "?";
}
