using Bascule.Core;
using Bascule.Core.Promotions;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class PromotionChanges
{
    /// <summary>Two who move at once name the same next generation: the key lets one of them through.</summary>
    public static Problem? Record(WriteSession session, Promotion promotion)
    {
        var recorded = session.Execute(
            """
            INSERT INTO promotion (environment, model, alias, generation, version, forge_uid, repository_id, commit_id, producer, run, replaced,
                                   rolled_back_because, moved_by, moved_at)
            SELECT @Environment, @Model, @Alias, @Generation, @Version, @ForgeUid, @RepositoryId, @Commit, @Producer, @Run, @Replaced,
                   @Because, @By, @At
            WHERE @Generation = 1 + (SELECT coalesce(max(generation), 0) FROM promotion
                                     WHERE environment = @Environment AND model = @Model AND alias = @Alias)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                promotion.Place.Environment,
                promotion.Place.Model,
                promotion.Place.Alias,
                promotion.Generation,
                promotion.Version,
                promotion.Repository.ForgeUid,
                RepositoryId = promotion.Repository.Id,
                Commit = promotion.Commit.ToString(),
                Producer = promotion.Producer?.Text,
                Run = promotion.Run.Text,
                promotion.Replaced,
                Because = promotion.RolledBackBecause,
                promotion.By,
                At = promotion.At.ToUnixTimeMilliseconds(),
            }
        );
        return recorded == 1
            ? null
            : Problem.Conflict($"{promotion.Place} was moved meanwhile; look where it leads now");
    }
}
