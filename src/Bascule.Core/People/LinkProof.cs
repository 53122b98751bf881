using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Work;

namespace Bascule.Core.People;

/// <summary>How somebody proves that an account at a forge is theirs. E-mail addresses and names prove nothing (THREATS T39).</summary>
public enum ProofWay
{
    /// <summary>The forge's own OAuth2 says who they are there.</summary>
    OAuth2,

    /// <summary>They write a code as a comment, with that account.</summary>
    PostedCode,
}

/// <summary>A proof that somebody has begun. A later one of the same way, person and forge takes its place.</summary>
/// <param name="Digest">Of the code or state; see <see cref="LinkSecret.Digest"/>.</param>
/// <param name="Session">The digest of the one session that may finish it; empty where any session of the person may.</param>
public sealed record LinkProof(string Digest, ProofWay Way, string PersonUid, string ForgeUid, string Session)
{
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How often somebody has tried to finish it.</summary>
    public long Tries { get; init; }
}

/// <summary>What the person holds of a proof: 160 random bits or more, of which the database keeps a digest.</summary>
public sealed record LinkSecret
{
    private const string CodeLetters = "abcdefghijklmnopqrstuvwxyz234567";
    private const string CodePrefix = "bascule-link-";
    private const int CodeLength = 32;
    private const int StateBytes = 32;

    private LinkSecret(ProofWay way, string text) => (Way, Text) = (way, new Secret(text));

    public ProofWay Way { get; }

    public Secret Text { get; }

    /// <summary>SHA-256 over way and text in lower-case hex: a state is never good as a code.</summary>
    public string Digest =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"link:{Way}:{Text.Reveal()}")));

    /// <summary>160 bits, in letters that survive being copied by hand.</summary>
    public static LinkSecret NewCode() =>
        new(ProofWay.PostedCode, CodePrefix + RandomNumberGenerator.GetString(CodeLetters, CodeLength));

    /// <summary>256 bits, as a parameter of an address.</summary>
    public static LinkSecret NewState() =>
        new(ProofWay.OAuth2, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(StateBytes)));

    /// <summary>Null for what no code looks like: the whole text must be one.</summary>
    public static LinkSecret? ReadCode(string text) =>
        text.Length == CodePrefix.Length + CodeLength
        && text.StartsWith(CodePrefix, StringComparison.Ordinal)
        && text.AsSpan(CodePrefix.Length).IndexOfAnyExcept(CodeLetters) < 0
            ? new LinkSecret(ProofWay.PostedCode, text)
            : null;

    /// <summary>Whatever came back; only the digest is compared.</summary>
    public static LinkSecret OfState(string text) => new(ProofWay.OAuth2, text);
}

/// <summary>Proofs that are under way, shared by all replicas.</summary>
public interface ILinkProofs
{
    /// <summary>As it is stored, whether or not it has expired.</summary>
    Task<LinkProof?> FindAsync(string digest, CancellationToken cancellationToken);

    /// <summary>The one of a person at a forge; null when none was begun, or it was finished.</summary>
    Task<LinkProof?> FindAsync(string personUid, string forgeUid, ProofWay way, CancellationToken cancellationToken);
}

/// <summary>Takes the place of an earlier one, and forgets every one that has expired by then.</summary>
public sealed record BeginLinkProof(LinkProof Proof) : Change;

/// <summary>Counts one try. Limited when there were as many already, or it is gone.</summary>
public sealed record TryLinkProof(string Digest, int MostTries) : Change;

/// <summary>Uses it up. Conflict when it is gone: of two that finish it one does.</summary>
public sealed record SpendLinkProof(string Digest) : Change;
