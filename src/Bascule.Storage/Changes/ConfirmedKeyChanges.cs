using Bascule.Core;
using Bascule.Core.Signatures;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ConfirmedKeyChanges
{
    /// <summary>The link is looked at in the same statement: one that was removed meanwhile brings no key back.</summary>
    public static Problem? Confirm(WriteSession session, ConfirmedKey key)
    {
        var stored = session.Execute(
            """
            INSERT INTO confirmed_key (forge_uid, fingerprint, kind, material, account_id, person_uid, at)
            SELECT forge_uid, @Fingerprint, @Kind, @Material, account_id, person_uid, @At FROM forge_link
              WHERE forge_uid = @ForgeUid AND account_id = @AccountId AND person_uid = @PersonUid
            ON CONFLICT (forge_uid, fingerprint) DO UPDATE
              SET material = excluded.material, account_id = excluded.account_id, at = excluded.at
              WHERE confirmed_key.person_uid = excluded.person_uid
            """,
            new
            {
                key.ForgeUid,
                key.Key.Fingerprint,
                Kind = key.Key.Kind.ToString(),
                key.Key.Material,
                key.AccountId,
                key.PersonUid,
                At = key.At.ToUnixTimeMilliseconds(),
            }
        );
        return stored == 1
            ? null
            : Problem.Conflict(
                $"key {key.Key.Fingerprint} cannot be confirmed: somebody else has confirmed it, or account {key.AccountId} of that forge is not linked to you any more"
            );
    }

    public static Problem? Forget(WriteSession session, ForgetKey forget)
    {
        var removed = session.Execute(
            "DELETE FROM confirmed_key WHERE forge_uid = @ForgeUid AND fingerprint = @Fingerprint AND person_uid = @PersonUid",
            new
            {
                forget.ForgeUid,
                forget.Fingerprint,
                forget.PersonUid,
            }
        );
        return removed == 1
            ? null
            : Problem.NotFound($"you have not confirmed key {forget.Fingerprint}; see: bascule account keys");
    }
}
