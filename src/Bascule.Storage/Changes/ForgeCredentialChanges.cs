using Bascule.Core;
using Bascule.Core.Credentials;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ForgeCredentialChanges
{
    /// <summary>The revision is the fence: whoever acts on a row that somebody else has moved on stores nothing (THREATS T147).</summary>
    public static Problem? Save(WriteSession session, StoredCredential credential) =>
        session.Execute(credential.Revision == 0 ? Insert : Update, Row(credential)) == 1
            ? null
            : Problem.Conflict(
                $"the credential of forge '{credential.ForgeUid}' was changed meanwhile; look again: bascule credential list"
            );

    private const string Insert = """
        INSERT INTO forge_credential (forge_uid, revision, account_id, account_login, sealed, fingerprint, sealed_at, rotated_at,
          step, sealed_next, sealed_former, former_until, asked_at, failed_at, failure)
        VALUES (@ForgeUid, 1, @AccountId, @AccountLogin, @Sealed, @Fingerprint, @SealedAt, @RotatedAt,
          @Step, @Next, @Former, @FormerUntil, @AskedAt, @FailedAt, @Failure)
        ON CONFLICT (forge_uid) DO NOTHING
        """;

    private const string Update = """
        UPDATE forge_credential SET revision = revision + 1, account_id = @AccountId, account_login = @AccountLogin, sealed = @Sealed,
          fingerprint = @Fingerprint, sealed_at = @SealedAt, rotated_at = @RotatedAt, step = @Step, sealed_next = @Next,
          sealed_former = @Former, former_until = @FormerUntil, asked_at = @AskedAt, failed_at = @FailedAt, failure = @Failure
        WHERE forge_uid = @ForgeUid AND revision = @Revision
        """;

    private static object Row(StoredCredential credential) =>
        new
        {
            credential.ForgeUid,
            credential.Revision,
            AccountId = credential.Account.Id,
            AccountLogin = credential.Account.Login,
            credential.Sealed,
            credential.Fingerprint,
            SealedAt = credential.SealedAt.ToUnixTimeMilliseconds(),
            RotatedAt = Times.ToStored(credential.RotatedAt),
            Step = credential.Step.ToString(),
            credential.Next,
            credential.Former,
            FormerUntil = Times.ToStored(credential.FormerUntil),
            AskedAt = Times.ToStored(credential.AskedAt),
            FailedAt = Times.ToStored(credential.FailedAt),
            credential.Failure,
        };
}
