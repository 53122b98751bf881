using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>What is promoted, as far as whoever asks may see it.</summary>
    /// <param name="environment">Null for all of them.</param>
    public Task<Result<PromotionList>> ListPromotionsAsync(string? environment, CancellationToken cancellationToken) =>
        GetAsync(
            environment is null ? "promotions" : $"promotions?environment={Uri.EscapeDataString(environment)}",
            ApiJson.Default.PromotionList,
            cancellationToken
        );

    /// <summary>The runs that produced a version.</summary>
    /// <param name="of">E.g. <c>main.churn.classifier@7</c>, or with the end of the name alone.</param>
    public Task<Result<MadeVersionList>> FindMadeVersionsAsync(string of, CancellationToken cancellationToken) =>
        GetAsync($"models/versions?of={Uri.EscapeDataString(of)}", ApiJson.Default.MadeVersionList, cancellationToken);

    /// <summary>The run that promotes. Denied for what may not be promoted; Conflict when the alias leads there already.</summary>
    /// <param name="because">Null for no reason.</param>
    public Task<Result<RunSummary>> PromoteAsync(
        MadeVersionRecord version,
        string alias,
        string? because,
        CancellationToken cancellationToken
    )
    {
        var why = because is null ? "" : $"&because={Uri.EscapeDataString(because)}";
        return PostAsync(
            $"{RunPath(version.Run)}/promote?model={Uri.EscapeDataString(version.Model)}&version={Uri.EscapeDataString(version.Version)}&alias={Uri.EscapeDataString(alias)}{why}",
            ApiJson.Default.RunSummary,
            cancellationToken
        );
    }

    /// <summary>The run that goes back to the version before. Conflict when the alias was moved meanwhile, or there is nothing to go back to.</summary>
    /// <param name="from">As it was seen.</param>
    public Task<Result<RunSummary>> RollBackAsync(
        PromotionRecord from,
        string because,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"promotions/{Uri.EscapeDataString(from.Id)}/rollback?generation={from.Generation}&because={Uri.EscapeDataString(because)}"
            ),
            ApiJson.Default.RunSummary,
            cancellationToken
        );
}
