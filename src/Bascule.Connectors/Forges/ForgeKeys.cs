using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;

namespace Bascule.Connectors.Forges;

/// <summary>Keys of accounts as forges show them; one that cannot be read is left out.</summary>
internal static class ForgeKeys
{
    public static AccountKey? Ssh(string line, string? title) =>
        SshPublicKey.Parse(line) is { } key
            ? new AccountKey(SigningKeyKind.Ssh, key.Fingerprint, title ?? "")
            {
                Material = key.Material,
                Weakness = key.Weakness,
            }
            : null;

    public static AccountKey? OpenPgp(string packet, string id) =>
        OpenPgpPacket.FingerprintOf(packet) is { } fingerprint
            ? new AccountKey(SigningKeyKind.OpenPgp, fingerprint, id)
            : null;

    public static Problem NoSuchAccount(string forge, ForgeAccount account) =>
        Problem.NotFound($"forge '{forge}' has no account {account.Id} of that name any more; link the account again");

    /// <summary>Accounts are asked for by name, and names may be given to somebody else (THREATS T40).</summary>
    public static Problem AnotherAccount(string forge, ForgeAccount account) =>
        Problem.Denied(
            $"'{account.Login}' is another account of forge '{forge}' now, not account {account.Id}; link the account again"
        );
}
