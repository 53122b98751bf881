using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Lineage;

/// <summary>What runs where, for programs; what others wrote is cleaned here (THREATS T113).</summary>
internal static class DeployedEndpoints
{
    private const int MaxLine = 500;

    public static async Task<IResult> ListAsync(
        DeployedReading deployed,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var found = await deployed.ReadAsync(context.Actor(), cancellationToken);
        var taken = found
            .Rows.GroupBy(row => row.Run.Environment, StringComparer.Ordinal)
            .Select(rows => new EnvironmentRecord(Line(rows.Key ?? ""), [.. rows.Select(Of)]));
        var empty = found.Empty.Select(rule => new EnvironmentRecord(Line(rule.Name), []));
        var list = new EnvironmentList([.. taken, .. empty], found.IsCut);
        return TypedResults.Json(list, ApiJson.Default.EnvironmentList);
    }

    private static DeployedRecord Of(DeployedRow row) =>
        new()
        {
            Run = row.Run.Id.Text,
            Forge = Line(row.Run.Forge),
            Repository = Line(row.Run.RepositoryName),
            Workflow = Line(row.Run.Workflow),
            Commit = row.Run.Commit.ToString(),
            Subject = Line(row.Run.CommitSubject ?? ""),
            PullRequest = row.Run.PullRequest,
            Since = row.Run.FinishedAt ?? row.Run.CreatedAt,
            By = row.By is [var by, ..] ? new BroughtBy(Line(by.Title), by.Assurance) : null,
            ApprovedBy = [.. row.Approvers.Select(person => Line(person.Title))],
            BrokeGlass = row.WasLetGo,
            Made = [.. row.Products.Select(Of)],
        };

    private static MadeRecord Of(LineageNode product) => new(Line(product.Title), Line(product.Detail));

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
