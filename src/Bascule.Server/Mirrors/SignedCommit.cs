using System.Text;
using Bascule.Core.Signatures;

namespace Bascule.Server.Mirrors;

/// <summary>
/// Whether a commit carries exactly one signature, in exactly one block. What git and the programs behind it would make of anything else is not asked
/// (THREATS T101).
/// </summary>
/// <param name="Kind">Null when there is nothing to check.</param>
/// <param name="Because">For people, then: why.</param>
internal sealed record SignedCommit(SigningKeyKind? Kind, string Because)
{
    /// <summary>A signature of RSA with 16384 bits has 3 KB.</summary>
    private const int MaxSignature = 64 * 1024;
    private const string AnySignature = "gpgsig";

    public static SignedCommit Parse(ReadOnlySpan<byte> commit, bool sha256)
    {
        var end = commit.IndexOf("\n\n"u8);
        var headers = Encoding.Latin1.GetString(end < 0 ? commit : commit[..end]).Split('\n');
        var at = Array.FindIndex(headers, IsSignature);
        if (at < 0)
            return new SignedCommit(null, "it is not signed");
        if (Array.FindLastIndex(headers, IsSignature) != at)
            return new SignedCommit(null, "it carries more than one signature");
        var name = sha256 ? "gpgsig-sha256 " : "gpgsig ";
        if (!headers[at].StartsWith(name, StringComparison.Ordinal))
            return new SignedCommit(null, "its signature is in a header that does not belong there");
        var more = headers.Skip(at + 1).TakeWhile(line => line.StartsWith(' ')).Select(line => line[1..]);
        var block = string.Join('\n', more.Prepend(headers[at][name.Length..])).TrimEnd();
        return block.Length > MaxSignature
            ? new SignedCommit(null, $"its signature has more than {MaxSignature} bytes")
            : OfBlock(block);
    }

    private static bool IsSignature(string header) => header.StartsWith(AnySignature, StringComparison.Ordinal);

    private static SignedCommit OfBlock(string block) =>
        IsOneBlock(block, "SSH SIGNATURE") ? new SignedCommit(SigningKeyKind.Ssh, "")
        : IsOneBlock(block, "PGP SIGNATURE") ? new SignedCommit(SigningKeyKind.OpenPgp, "")
        : new SignedCommit(null, "its signature is neither one of SSH nor one of OpenPGP");

    private static bool IsOneBlock(string block, string label)
    {
        var (begin, end) = ($"-----BEGIN {label}-----\n", $"\n-----END {label}-----");
        return block.StartsWith(begin, StringComparison.Ordinal)
            && block.EndsWith(end, StringComparison.Ordinal)
            && block.Length > begin.Length + end.Length
            && !block[begin.Length..^end.Length].Contains("-----", StringComparison.Ordinal);
    }
}
