using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Lineage;

internal static class TraceEndpoints
{
    private const int MaxShown = 40;

    /// <param name="of">A commit, a run or a model; not in the path, since models' names hold anything.</param>
    public static async Task<IResult> TraceAsync(
        string? of,
        string? limit,
        LineageReading reading,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var most = LineageTracer.DefaultLimit;
        if (limit is not null && !TryLimit(limit, out most))
            return new ProblemAnswer(
                Problem.Invalid(
                    $"limit '{PlainText.Line(limit, MaxShown)}' is not understood; write a number from 1 to {LineageTracer.MaxLimit}"
                )
            );
        var graph = await reading.TraceAsync(of, context.Actor(), most, cancellationToken);
        return graph.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(TraceRecordWriter.Of(graph.Value), ApiJson.Default.TraceRecord);
    }

    private static bool TryLimit(string text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
        && limit is > 0 and <= LineageTracer.MaxLimit;
}
