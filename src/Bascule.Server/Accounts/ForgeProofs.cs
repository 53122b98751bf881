using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Connections;
using Bascule.Server.Sealing;

namespace Bascule.Server.Accounts;

/// <summary>
/// Proof by the forge's own OAuth2. The state is good once, for the person and the session that began it: nobody can have another's browser finish what they
/// began, and so link an account to somebody it does not belong to (THREATS T44).
/// </summary>
internal sealed class ForgeProofs(
    ForgeConnections forges,
    ILinkProofs proofs,
    LinkStore links,
    IWorkStore store,
    MasterKey key,
    AccessSettings access,
    TimeProvider time
)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private const int MaxWords = 200;

    /// <summary>Null where the forge has no OAuth2, or the settings no client for it.</summary>
    public static IAccountProof? Of(ConnectedForge? forge) =>
        forge?.Forge is IAccountProof { CanProve: true } able ? able : null;

    /// <param name="session">The digest of the session in whose browser it begins.</param>
    public async Task<Result<Uri>> BeginAsync(
        Actor person,
        string session,
        string forge,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(forge) is not { } connected || Of(connected) is not { } able)
            return Unable(forge);
        var state = LinkSecret.NewState();
        var now = time.GetUtcNow();
        var proof = new LinkProof(state.Digest, state.Way, person.Uid, connected.Uid, session)
        {
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        var begun = await store.ApplyAsync([new BeginLinkProof(proof)], cancellationToken);
        return begun.Failed(out var problem)
            ? problem
            : able.ProofAddress(Redirect(connected), state.Text, Challenge(Verifier(state)));
    }

    public async Task<Result<ForgeLink>> FinishAsync(
        Actor person,
        string session,
        string forge,
        ProofAnswer answer,
        CancellationToken cancellationToken
    )
    {
        if (forges.FindByName(forge) is not { } connected || Of(connected) is not { } able)
            return Unable(forge);
        var state = LinkSecret.OfState(answer.State ?? "");
        var proof = await proofs.FindAsync(state.Digest, cancellationToken);
        if (!IsTheirs(proof, person, session, connected) || proof!.ExpiresAt <= time.GetUtcNow())
            return NotBegun();
        var used = await store.ApplyAsync([new SpendLinkProof(proof.Digest)], cancellationToken);
        if (used.Failed(out var problem))
            return problem.Code == ProblemCode.Conflict ? NotBegun() : problem;
        if (answer.Code is not { Length: > 0 } code)
            return Problem.Denied(
                $"{forge} ended the proof{(answer.Error is null ? "" : $": {PlainText.Line(answer.Error, MaxWords)}")}. Nothing is linked; begin again when you want to."
            );
        var account = await able.ProveAsync(
            new AccountCode(new Secret(code), Redirect(connected), Verifier(state)),
            cancellationToken
        );
        return account.Failed(out var unproven)
            ? unproven
            : await links.LinkAsync(
                new Proven(person, connected, ProofWay.OAuth2, account.Value.Id, account.Value.Login),
                digest: null,
                cancellationToken
            );
    }

    private static bool IsTheirs(LinkProof? proof, Actor person, string session, ConnectedForge forge) =>
        proof is { Way: ProofWay.OAuth2 }
        && proof.PersonUid == person.Uid
        && proof.Session == session
        && proof.ForgeUid == forge.Uid;

    private static Problem NotBegun() =>
        Problem.Denied(
            "This proof was not begun by you in this browser, was finished already, or was begun too long ago. Nothing is linked. If you were led here by somebody's link, do not follow it; otherwise begin again on your account's page."
        );

    private static Problem Unable(string forge) =>
        Problem.NotFound(
            $"'{PlainText.Line(forge, 60)}' cannot tell whose account is whose; prove it by a code, or have whoever runs Bascule set oauth for it."
        );

    private Uri Redirect(ConnectedForge forge) =>
        new(access.PublicUrl.OriginalString.TrimEnd('/') + AccountRoutes.Callback(forge.Name));

    /// <summary>RFC 7636: made of the state by a key that never leaves the server, so that it need not be kept, and nobody who sees the state knows it.</summary>
    private Secret Verifier(LinkSecret state) => new(key.Mac("verifier of an account's proof", state.Text.Reveal()));

    private static string Challenge(Secret verifier) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier.Reveal())));
}

/// <summary>What a browser brings back from a forge; null for what it does not.</summary>
internal sealed record ProofAnswer(string? State, string? Code, string? Error);
