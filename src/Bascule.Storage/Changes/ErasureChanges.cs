using System.Globalization;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>
/// What is known of people: kept, or taken away. Each holds the person's row until the commit, so that of a legal hold and an erasure at the same moment one
/// comes after the other, whichever replica asks (THREATS T121).
/// </summary>
internal static class ErasureChanges
{
    /// <summary>
    /// In this order: what is found by the links of accounts goes before the links. A run's revision goes on, so that nobody who has read it before writes the
    /// login back. In a timeline the name is a word of its own: who is called Li is not in "applied".
    /// </summary>
    private static readonly string[] Erasing =
    [
        $"UPDATE run SET by_login = @Erased, revision = revision + 1 WHERE by_login IS NOT NULL AND (forge_uid, by_id) IN ({Accounts})",
        $"UPDATE ref_update SET by_login = @Erased WHERE by_login IS NOT NULL AND (forge_uid, by_id) IN ({Accounts})",
        $"UPDATE pull_request SET author_login = @Erased WHERE author_login IS NOT NULL AND (forge_uid, author_id) IN ({Accounts})",
        $"UPDATE pushed_ref SET account_login = @Erased WHERE account_login IS NOT NULL AND (forge_uid, account_id) IN ({Accounts})",
        "UPDATE observed_run SET by_name = NULL WHERE by_name = @Name OR lower(by_name) = lower(@Email)",
        """
            UPDATE run_timeline SET text = trim(replace(' ' || text || ' ', ' ' || @Name || ' ', ' ' || @Erased || ' '))
            WHERE run IN (SELECT run FROM approval WHERE person = @Uid)
              OR run IN (SELECT run FROM break_glass WHERE person = @Uid OR reviewed_by = @Uid)
            """,
        $"DELETE FROM pseudonym WHERE (forge_uid, account_id) IN ({Accounts})",
        "DELETE FROM confirmed_key WHERE person_uid = @Uid",
        "DELETE FROM forge_link WHERE person_uid = @Uid",
        "DELETE FROM link_proof WHERE person_uid = @Uid",
        "DELETE FROM session WHERE person_uid = @Uid",
        "DELETE FROM person_key WHERE person_uid = @Uid",
        """
            UPDATE person SET issuer = @Issuer, subject = @Subject, name = @Erased, email = NULL, group_names = '[]', granted_role = NULL, erased_at = @At
            WHERE uid = @Uid
            """,
    ];

    private const string Accounts = "SELECT forge_uid, account_id FROM forge_link WHERE person_uid = @Uid";

    public static Problem? Add(WriteSession session, PersonKey key)
    {
        if (Lock(session, key.PersonUid) is not { ErasedAt: null })
            return Problem.Denied($"nothing more is written down of {key.PersonUid}: they are erased, or nobody");
        session.Execute(
            """
            INSERT INTO person_key (person_uid, sealed, made_at) VALUES (@PersonUid, @Sealed, @MadeAt)
            ON CONFLICT (person_uid) DO NOTHING
            """,
            new
            {
                key.PersonUid,
                key.Sealed,
                MadeAt = key.MadeAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Place(WriteSession session, LegalHold hold)
    {
        if (Lock(session, hold.PersonUid) is not { } person)
            return Nobody(hold.PersonUid);
        if (person.ErasedAt is { } at)
            return Problem.Conflict($"{hold.PersonUid} was erased on {Day(at)}; nothing is left to hold");
        if (person.PlacedAt is not null)
            return Problem.Conflict($"{Standing(hold.PersonUid, person)}; that one stands");
        session.Execute(
            "INSERT INTO legal_hold (person_uid, reason, placed_by, placed_at) VALUES (@PersonUid, @Reason, @PlacedBy, @PlacedAt)",
            new
            {
                hold.PersonUid,
                hold.Reason,
                hold.PlacedBy,
                PlacedAt = hold.PlacedAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Release(WriteSession session, ReleaseLegalHold release)
    {
        _ = Lock(session, release.PersonUid);
        return session.Execute("DELETE FROM legal_hold WHERE person_uid = @PersonUid", new { release.PersonUid }) == 1
            ? null
            : Problem.NotFound($"there is no legal hold on {release.PersonUid}");
    }

    public static Problem? Erase(WriteSession session, ErasePerson erase)
    {
        if (Lock(session, erase.Uid) is not { } person)
            return Nobody(erase.Uid);
        if (person.ErasedAt is { } erasedAt)
            return Problem.Conflict($"{erase.Uid} was erased on {Day(erasedAt)}");
        if (person.PlacedAt is not null)
            return Problem.Conflict(
                $"{Standing(erase.Uid, person)}; once that is over: bascule person release {erase.Uid} --because \"…\""
            );
        if (person.RetiredAt is null)
            return Problem.Conflict(
                $"{erase.Uid} may still come in, and would be known again at once; first: bascule retire {erase.Uid}"
            );
        session.LeaveNoTrace();
        var parameters = new
        {
            erase.Uid,
            person.Name,
            person.Email,
            Erased = Person.ErasedName,
            erase.Afterwards.Issuer,
            Subject = erase.Afterwards.Id,
            At = erase.At.ToUnixTimeMilliseconds(),
        };
        foreach (var sql in Erasing)
            session.Execute(sql, parameters);
        return null;
    }

    /// <summary>Reads the row once nobody else can change it. Null when there is none.</summary>
    private static PersonRow? Lock(WriteSession session, string uid)
    {
        session.Execute("UPDATE person SET last_seen_at = last_seen_at WHERE uid = @Uid", new { Uid = uid });
        return session.Find<PersonRow>(
            """
            SELECT name, email, retired_at, erased_at, reason, placed_by, placed_at
            FROM person LEFT JOIN legal_hold ON legal_hold.person_uid = person.uid WHERE uid = @Uid
            """,
            new { Uid = uid }
        );
    }

    private static Problem Nobody(string uid) =>
        Problem.NotFound($"there is no person '{uid}'; see: bascule person list");

    private static string Standing(string uid, PersonRow person) =>
        $"{person.PlacedBy} placed a legal hold on {uid} on {Day(person.PlacedAt!.Value)}: {person.Reason}";

    private static string Day(long at) =>
        Times.Read(at).UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private sealed record PersonRow
    {
        public required string Name { get; init; }
        public string? Email { get; init; }
        public long? RetiredAt { get; init; }
        public long? ErasedAt { get; init; }
        public string? Reason { get; init; }
        public string? PlacedBy { get; init; }
        public long? PlacedAt { get; init; }
    }
}
