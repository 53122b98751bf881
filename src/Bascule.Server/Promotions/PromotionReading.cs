using System.Buffers.Text;
using System.Text;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Bascule.Server.Connections;

namespace Bascule.Server.Promotions;

/// <summary>Reads what is promoted and what could be, as far as whoever asks may see the runs there.</summary>
internal sealed class PromotionReading(
    IPromotionStore promotions,
    ILineageStore lineage,
    IRepositoryStore repositories,
    ForgeConnections forges,
    EnvironmentConnections environments,
    Sight sight
)
{
    private const int MaxLine = 200;
    private const int MostMakers = 20;

    /// <param name="environment">Null for all of them.</param>
    public async Task<PromotionList> ListAsync(string? environment, Actor actor, CancellationToken cancellationToken)
    {
        var within = await sight.RunsAsync(actor, cancellationToken);
        var found = new List<PromotionRecord>();
        foreach (var promotion in await promotions.ListAsync(environment, cancellationToken))
            if (within is null || within.Any(reach => Reaches(reach, promotion)))
                found.Add(await DescribeAsync(promotion, cancellationToken));
        return new PromotionList(found);
    }

    /// <summary>Who produced a version, the newest first. Invalid for what is no version of a model.</summary>
    /// <param name="of">As people write it, e.g. <c>churn.classifier@7</c>.</param>
    public async Task<Result<MadeVersionList>> FindMadeAsync(
        string? of,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (of is null || !ModelReference.TryParse(of, out var model) || model.Version is null)
            return Problem.Invalid(
                $"'{PlainText.Line(of ?? "", MaxLine)}' is no version of a model; write of=catalog.schema.name@7"
            );
        var within = await sight.RunsAsync(actor, cancellationToken);
        var versions = await lineage.FindVersionsAsync(model, within, MostMakers, cancellationToken);
        var exact = versions.Where(version => version.Name == model.Name).ToList();
        var made = new List<MadeVersionRecord>();
        foreach (var version in exact.Count > 0 ? exact : versions)
        foreach (var run in await lineage.ReadMakersAsync(version, within, MostMakers, cancellationToken))
            if (run.Environment is { } environment)
                made.Add(
                    new MadeVersionRecord(
                        PlainText.Line(version.Name, MaxLine),
                        PlainText.Line(version.Version, MaxLine),
                        environment,
                        run.Id.Text,
                        run.Commit.ToString()
                    )
                );
        return new MadeVersionList([.. made.Distinct()]);
    }

    /// <summary>Names of models hold anything: they travel as base64url.</summary>
    public static string IdOf(PromotionPlace place) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{place.Environment}\n{place.Model}\n{place.Alias}"));

    /// <summary>Null when the text is not one of these ids.</summary>
    public static PromotionPlace? PlaceOf(string id) =>
        Base64Url.IsValid(id)
        && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(id)).Split('\n') is [var environment, var model, var alias]
            ? new PromotionPlace(environment, model, alias)
            : null;

    private async Task<PromotionRecord> DescribeAsync(Promotion promotion, CancellationToken cancellationToken)
    {
        var (place, key) = (promotion.Place, promotion.Repository);
        var repository = await repositories.FindAsync(key, cancellationToken);
        return new PromotionRecord
        {
            Id = IdOf(place),
            Environment = place.Environment,
            Model = PlainText.Line(place.Model, MaxLine),
            Alias = place.Alias,
            IsFirst = environments.Find(place.Environment)?.Rule.Promotes is [var first, ..] && first == place.Alias,
            Version = promotion.Version,
            Generation = promotion.Generation,
            Forge = forges.Find(key.ForgeUid)?.Name ?? key.ForgeUid,
            Repository = PlainText.Line(repository?.FullName ?? key.ToString(), MaxLine),
            Commit = promotion.Commit.ToString(),
            Producer = promotion.Producer?.Text,
            Run = promotion.Run.Text,
            By = promotion.By,
            MovedAt = promotion.At,
            RolledBackBecause = promotion.RolledBackBecause is { } because ? PlainText.Line(because, MaxLine) : null,
        };
    }

    private static bool Reaches(RunReach reach, Promotion promotion) =>
        reach.Holds(promotion.Repository)
        && (reach.Environments is null || reach.Environments.Contains(promotion.Place.Environment));
}
