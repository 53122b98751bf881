using System.Text.Json;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class PeopleChanges
{
    /// <summary>
    /// The subject decides who it is: two replicas that see somebody for the first time make one person, under the uid that came first. A sign-in makes a person of
    /// what was a workload; nothing makes a workload of a person, nor takes their groups.
    /// </summary>
    public static Problem? Save(WriteSession session, Person person)
    {
        session.Execute(
            """
            INSERT INTO person (uid, issuer, subject, name, email, group_names, type, first_seen_at, last_seen_at, retired_at)
            VALUES (@Uid, @Issuer, @Subject, @Name, @Email, @GroupNames, @Type, @FirstSeenAt, @LastSeenAt, @RetiredAt)
            ON CONFLICT (issuer, subject) DO UPDATE SET
              name = excluded.name, email = excluded.email, group_names = excluded.group_names, type = excluded.type,
              last_seen_at = CASE WHEN person.last_seen_at > excluded.last_seen_at THEN person.last_seen_at ELSE excluded.last_seen_at END,
              retired_at = coalesce(person.retired_at, excluded.retired_at)
              WHERE excluded.type = @Human OR person.type <> @Human
            """,
            new
            {
                person.Uid,
                person.Subject.Issuer,
                Subject = person.Subject.Id,
                person.Name,
                person.Email,
                GroupNames = JsonSerializer.Serialize(person.Groups),
                Type = person.Type.ToString(),
                Human = nameof(ActorType.Human),
                FirstSeenAt = person.FirstSeenAt.ToUnixTimeMilliseconds(),
                LastSeenAt = person.LastSeenAt.ToUnixTimeMilliseconds(),
                RetiredAt = Times.ToStored(person.RetiredAt),
            }
        );
        return null;
    }

    /// <summary>A retired one makes room for the next. The index sees to it that of two at once one fails.</summary>
    public static Problem? Grant(WriteSession session, GrantFirstAdmin grant)
    {
        session.Execute(
            "UPDATE person SET granted_role = NULL WHERE granted_role = @Role AND retired_at IS NOT NULL",
            new { Role = nameof(Role.Admin) }
        );
        return
            session.Execute(
                """
                UPDATE person SET granted_role = @Role
                WHERE uid = @Uid AND retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM person AS other WHERE other.granted_role = @Role)
                """,
                new { grant.Uid, Role = nameof(Role.Admin) }
            ) == 1
            ? null
            : Problem.Conflict("There is an administrator already; ask them to give roles.");
    }

    /// <summary>The first retirement's time stays.</summary>
    public static Problem? Retire(WriteSession session, RetirePerson retire) =>
        session.Execute(
            "UPDATE person SET retired_at = coalesce(retired_at, @At) WHERE uid = @Uid",
            new { retire.Uid, At = retire.At.ToUnixTimeMilliseconds() }
        ) == 1
            ? null
            : Problem.NotFound($"there is no person '{retire.Uid}'");

    /// <summary>The person's row is held until the commit: a retirement at the same moment comes before or after, never in between (THREATS T45).</summary>
    public static Problem? Save(WriteSession session, ForgeLink link)
    {
        var isHeld = session.Execute(
            "UPDATE person SET last_seen_at = last_seen_at WHERE uid = @PersonUid AND retired_at IS NULL",
            new { link.PersonUid }
        );
        if (isHeld == 0)
            return Problem.Denied($"{link.PersonUid} is retired: no account is linked to them any more");
        var stored = session.Execute(
            """
            INSERT INTO forge_link (forge_uid, account_id, login, person_uid, proof, at)
            VALUES (@ForgeUid, @AccountId, @Login, @PersonUid, @Proof, @At)
            ON CONFLICT (forge_uid, account_id) DO UPDATE SET login = excluded.login, proof = excluded.proof, at = excluded.at
              WHERE forge_link.person_uid = excluded.person_uid
            """,
            new
            {
                link.ForgeUid,
                link.AccountId,
                link.Login,
                link.PersonUid,
                link.Proof,
                At = link.At.ToUnixTimeMilliseconds(),
            }
        );
        return stored == 1
            ? null
            : Problem.Conflict(
                $"account {link.AccountId} of that forge is linked to somebody else; they, or an admin, must remove that link first"
            );
    }

    public static Problem? Remove(WriteSession session, RemoveForgeLink remove) =>
        session.Execute(
            "DELETE FROM forge_link WHERE forge_uid = @ForgeUid AND account_id = @AccountId AND person_uid = @PersonUid",
            new
            {
                remove.ForgeUid,
                remove.AccountId,
                remove.PersonUid,
            }
        ) == 1
            ? null
            : Problem.NotFound($"account {remove.AccountId} of that forge is not linked to {remove.PersonUid}");
}
