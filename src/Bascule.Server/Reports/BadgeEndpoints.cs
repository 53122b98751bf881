using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Reports;

/// <summary>The colour of a branch as an SVG, for forges that show no commit status.</summary>
internal static class BadgeEndpoints
{
    private const string Label = "bascule";
    private const int Newest = 100;

    public static void MapBadges(this IEndpointRouteBuilder routes) =>
        routes.MapGet(BadgeLinks.Route, ReadAsync).IsOpen("whoever has the unguessable address sees one colour");

    private static async Task<IResult> ReadAsync(
        string uid,
        string? branch,
        BadgeLinks links,
        IRepositoryStore repositories,
        IRunStore runs,
        HttpContext context
    )
    {
        var listed = await repositories.ListAsync(context.RequestAborted);
        var found = listed.FirstOrDefault(entry => links.UidOf(entry.Key) == uid);
        if (found.Repository is null || !RefName.TryBranch(branch ?? found.Repository.DefaultBranch, out var name))
            return Results.NotFound();
        var filter = new RunFilter(found.Key, Ref: name, Limit: Newest)
        {
            WithoutReproductions = true,
            WithoutAskedPromotions = true,
        };
        var newest = (await runs.ListAsync(filter, context.RequestAborted))
            .GroupBy(run => (run.Workflow, run.Environment))
            .Select(group => group.First());
        var (word, colour) = Judge([.. newest]);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Text(Draw(word, colour), "image/svg+xml");
    }

    private static (string Word, string Colour) Judge(List<Run> newest) =>
        newest switch
        {
            [] => ("no run", "#6b7280"),
            _ when newest.Exists(IsBad) => ("failed", "#b42318"),
            _ when newest.TrueForAll(run => run.IsGood) => ("passed", "#1a7f37"),
            _ when newest.Exists(run => !run.State.IsTerminal()) => ("running", "#9a6700"),
            _ => ("canceled", "#6b7280"),
        };

    private static bool IsBad(Run run) =>
        run.State is RunState.Failed or RunState.Refused || (run.State == RunState.Succeeded && !run.IsGood);

    private static string Draw(string word, string colour)
    {
        const int LabelWidth = 58;
        var wordWidth = 16 + (word.Length * 7);
        var total = LabelWidth + wordWidth;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{Label}: {word}"><title>{Label}: {word}</title><rect width="{LabelWidth}" height="20" rx="3" fill="#3d444d"/><rect x="{LabelWidth - 3}" width="{wordWidth
                + 3}" height="20" rx="3" fill="{colour}"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{LabelWidth
                / 2}" y="14">{Label}</text><text x="{LabelWidth + (wordWidth / 2)}" y="14">{word}</text></g></svg>
            """
        );
    }
}
