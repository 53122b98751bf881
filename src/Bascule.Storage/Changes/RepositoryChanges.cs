using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class RepositoryChanges
{
    public static Problem? Save(WriteSession session, RepositoryKey key, ForgeRepository repository)
    {
        session.Execute(
            """
            INSERT INTO repository (forge_uid, id, owner, name, default_branch, private, administered, updated_at)
            VALUES (@ForgeUid, @Id, @Owner, @Name, @DefaultBranch, @Private, @CanAdminister, @UpdatedAt)
            ON CONFLICT (forge_uid, id) DO UPDATE SET
              owner = excluded.owner, name = excluded.name, default_branch = excluded.default_branch, private = excluded.private,
              administered = excluded.administered, updated_at = excluded.updated_at
            """,
            new
            {
                key.ForgeUid,
                key.Id,
                repository.Owner,
                repository.Name,
                repository.DefaultBranch,
                repository.Private,
                repository.CanAdminister,
                UpdatedAt = Times.ToStored(repository.UpdatedAt),
            }
        );
        return null;
    }

    public static Problem? Record(WriteSession session, RefUpdate update)
    {
        var row = new
        {
            update.Repository.ForgeUid,
            RepositoryId = update.Repository.Id,
            Ref = update.Ref.ToString(),
            update.Generation,
            Before = update.Before?.ToString(),
            After = update.After?.ToString(),
            Move = update.Move.ToString(),
            ById = update.By?.Id,
            ByLogin = update.By?.Login,
            update.Delivery,
            At = update.At.ToUnixTimeMilliseconds(),
            LateMs = (long?)update.Late?.Time.TotalMilliseconds,
            LateSince = update.Late?.Since.ToString(),
        };
        if (session.Execute(MoveTip, row) == 0)
        {
            return Problem.Conflict(
                $"{update.Ref} of repository {update.Repository} has moved meanwhile: generation {update.Generation} is not the next one"
            );
        }
        session.Execute(
            """
            INSERT INTO ref_update (forge_uid, repository_id, ref, generation, before_tip, after_tip, move, by_id, by_login, delivery, at,
                                    late_ms, late_since)
            VALUES (@ForgeUid, @RepositoryId, @Ref, @Generation, @Before, @After, @Move, @ById, @ByLogin, @Delivery, @At,
                    @LateMs, @LateSince)
            """,
            row
        );
        return null;
    }

    /// <summary>Inserts generation 1, or steps an existing row by exactly one; anything else changes no row.</summary>
    private const string MoveTip = """
        INSERT INTO known_ref (forge_uid, repository_id, ref, tip, generation, at)
        SELECT @ForgeUid, @RepositoryId, @Ref, @After, @Generation, @At
        WHERE @Generation = 1 + coalesce(
          (SELECT generation FROM known_ref WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId AND ref = @Ref), 0)
        ON CONFLICT (forge_uid, repository_id, ref) DO UPDATE SET tip = excluded.tip, generation = excluded.generation, at = excluded.at
          WHERE known_ref.generation = excluded.generation - 1
        """;
}
