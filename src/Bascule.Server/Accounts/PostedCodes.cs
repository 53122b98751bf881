using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Connections;

namespace Bascule.Server.Accounts;

/// <summary>
/// Proof by a comment that only the account could write: at any forge, whatever it can do else. The comment is read from the forge's API, never from a hook; who
/// wrote it is whose account it is.
/// </summary>
internal sealed partial class PostedCodes(
    ForgeConnections forges,
    ILinkProofs proofs,
    LinkStore links,
    IWorkStore store,
    TimeProvider time
)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private const int MostTries = 10;

    /// <summary>A code in place of any earlier one. It is shown once: only its digest is kept.</summary>
    public async Task<Result<MadeCode>> BeginAsync(Actor person, string forge, CancellationToken cancellationToken)
    {
        if (forges.FindByName(forge) is not { } connected)
            return Unknown(forge);
        var code = LinkSecret.NewCode();
        var now = time.GetUtcNow();
        var proof = new LinkProof(code.Digest, code.Way, person.Uid, connected.Uid, Session: "")
        {
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        var begun = await store.ApplyAsync([new BeginLinkProof(proof)], cancellationToken);
        return begun.Failed(out var problem) ? problem : new MadeCode(connected, code.Text, proof.ExpiresAt);
    }

    /// <param name="address">Of the issue that the comment is on.</param>
    public async Task<Result<ForgeLink>> FinishAsync(
        Actor person,
        string forge,
        string? address,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(forge) is not { } connected)
            return Unknown(forge);
        var issue = IssueAddress.Read(connected.Forge.Url, address);
        if (issue.Failed(out var wrong))
            return wrong;
        var proof = await proofs.FindAsync(person.Uid, connected.Uid, ProofWay.PostedCode, cancellationToken);
        if (proof is null || proof.ExpiresAt <= time.GetUtcNow())
            return Problem.NotFound(
                $"No code of yours is good for {forge} now: it is good for {Lifetime.TotalMinutes:0} minutes and once. Make a new one, and write that."
            );
        var attempt = await store.ApplyAsync([new TryLinkProof(proof.Digest, MostTries)], cancellationToken);
        if (attempt.Failed(out var spent))
            return spent;
        var comments = await ReadAsync(connected, issue.Value, cancellationToken);
        if (comments.Failed(out var unread))
            return unread;
        var found = Find(comments.Value, proof);
        return found.Failed(out var refused)
            ? refused
            : await links.LinkAsync(
                new Proven(person, connected, proof.Way, found.Value.AuthorId, found.Value.Author),
                proof.Digest,
                cancellationToken
            );
    }

    /// <summary>Whether it is hidden, of another repository, or not there at all: the answer is that there is no comment, so it tells nothing (THREATS T59).</summary>
    private static async Task<Result<IReadOnlyList<Comment>>> ReadAsync(
        ConnectedForge connected,
        IssueAddress issue,
        CancellationToken cancellationToken
    )
    {
        if (!connected.Takes(issue.Repository))
            return Result.Of<IReadOnlyList<Comment>>([]);
        var repository = await connected.Forge.FindRepositoryAsync(issue.Owner, issue.Name, cancellationToken);
        if (repository.Failed(out var unfound))
            return unfound.IsTransient ? unfound : Result.Of<IReadOnlyList<Comment>>([]);
        if (!connected.Takes(repository.Value.FullName))
            return Result.Of<IReadOnlyList<Comment>>([]);
        var comments = await connected.Forge.ListCommentsAsync(repository.Value, issue.Number, cancellationToken);
        return comments.Failed(out var unread) && !unread.IsTransient
            ? Result.Of<IReadOnlyList<Comment>>([])
            : comments;
    }

    /// <summary>
    /// The one comment that is the code. An administrator of the repository can edit what others wrote, and copy it: so it must be as it was written, and the
    /// only one.
    /// </summary>
    private static Result<Comment> Find(IReadOnlyList<Comment> comments, LinkProof proof)
    {
        var holding = comments.Where(comment => Holds(comment.Body, proof)).ToList();
        if (holding.Count == 0)
            return Problem.Denied(
                "There is no comment with your code: write it on an issue or pull request of a repository that Bascule is connected to, and paste the address of that."
            );
        if (holding.Count > 1)
            return Problem.Denied(
                "More than one comment has your code, so it does not tell whose account is yours. Make a new code and write it once."
            );
        var comment = holding[0];
        if (LinkSecret.ReadCode(comment.Body.Trim())?.Digest != proof.Digest)
            return Problem.Denied(
                "Your code stands among other text. Make a new one and write a comment that is the code and nothing else, without quotes."
            );
        if (comment.UpdatedAt is null || comment.UpdatedAt != comment.CreatedAt || comment.IsImported)
            return Problem.Denied(
                "The comment with your code was edited or imported, so it does not tell who wrote it. Make a new code and write it in a new comment."
            );
        if (comment.CreatedAt < Second(proof.CreatedAt))
            return Problem.Denied(
                "The comment with your code is older than the code, by the forge's clock. Make a new one and write it in a new comment; if it happens again, the clocks of forge and Bascule differ."
            );
        return comment.AuthorId > 0
            ? comment
            : Problem.Denied(
                "The forge does not say which account wrote the comment; write it with an account of your own."
            );
    }

    private static bool Holds(string body, LinkProof proof)
    {
        foreach (var match in Codes.EnumerateMatches(body))
            if (LinkSecret.ReadCode(body.Substring(match.Index, match.Length))?.Digest == proof.Digest)
                return true;
        return false;
    }

    /// <summary>Forges tell times to the second.</summary>
    private static DateTimeOffset Second(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static Problem Unknown(string forge) =>
        Problem.NotFound(
            $"The settings have no forge '{PlainText.Line(forge, 60)}'; your account's page lists those they have."
        );

    [GeneratedRegex("bascule-link-[a-z2-7]{32}", RegexOptions.CultureInvariant)]
    private static partial Regex Codes { get; }
}

/// <summary>A code to be written as a comment.</summary>
internal sealed record MadeCode(ConnectedForge Forge, Secret Code, DateTimeOffset Until);
