using System.Globalization;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Audit.Log;

/// <summary>Searching the audit log. What is found is proven by the tiles, not by this answer.</summary>
internal static class EntryEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MostTerms = 8;

    /// <summary>Names of the query that are not terms themselves.</summary>
    private static readonly string[] Others = ["limit", "before", "since", "until"];

    public static void MapAuditEntries(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/audit/entries", ListAsync).Asks(Act.ReadAudit);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        EntrySearch search,
        ILogStore logs,
        CancellationToken cancellationToken
    )
    {
        var question = Read(context.Request.Query);
        if (question.Failed(out var problem))
            return new ProblemAnswer(problem);
        // One more than asked for tells whether there are older ones.
        var wanted = question.Value with
        {
            Limit = question.Value.Limit + 1,
        };
        var found = await search.FindAsync(wanted, cancellationToken);
        var shown = found.Take(question.Value.Limit).ToList();
        var known = await logs.ListAsync(cancellationToken);
        var list = new AuditEntryList(
            [.. shown.Select(record => Record(record, known))],
            found.Count > shown.Count ? shown[^1].Index : null
        );
        return TypedResults.Json(list, ApiJson.Default.AuditEntryList);
    }

    private static AuditEntryRecord Record(AuditRecord record, IReadOnlyList<StoredLog> logs)
    {
        using var entry = JsonDocument.Parse(record.Entry);
        var log = logs.FirstOrDefault(known => known.FirstEntry <= record.Index);
        return new AuditEntryRecord(
            record.Index,
            log?.Number ?? 1,
            record.Index - (log?.FirstEntry ?? 0),
            entry.RootElement.Clone()
        );
    }

    private static Result<EntryQuestion> Read(IQueryCollection query)
    {
        if (query.FirstOrDefault(one => one.Value.Count != 1 || string.IsNullOrEmpty(one.Value[0])).Key is { } wrong)
            return Problem.Invalid($"write {wrong}=… once, with a value");
        if (ReadNumber(query, "limit", DefaultLimit, 1, MaxLimit) is not { } limit)
            return Problem.Invalid($"limit is a number from 1 to {MaxLimit}");
        if (ReadNumber(query, "before", long.MaxValue, 0, long.MaxValue) is not { } before)
            return Problem.Invalid("before is the index of an entry");
        var (since, until) = (ReadTime(query, "since"), ReadTime(query, "until"));
        if (since.Failed(out var problem) || until.Failed(out problem))
            return problem;
        List<string> terms =
        [
            .. query.Where(one => !Others.Contains(one.Key)).Select(one => EntryTerms.Write(one.Key, one.Value[0]!)),
        ];
        return terms.Count <= MostTerms
            ? new EntryQuestion(terms, before, (int)limit, since.Value, until.Value)
            : Problem.Invalid($"ask for {MostTerms} things at most");
    }

    private static long? ReadNumber(IQueryCollection query, string name, long fallback, long least, long most)
    {
        if (!query.TryGetValue(name, out var written))
            return fallback;
        var isNumber = long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number >= least && number <= most ? number : null;
    }

    private static Result<DateTimeOffset?> ReadTime(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var written))
            return Result.Of<DateTimeOffset?>(null);
        return DateTimeOffset.TryParse(
            written,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? Result.Of<DateTimeOffset?>(time)
            : Problem.Invalid($"{name} is a date or a time, e.g. 2026-11-01 or 2026-11-01T12:00:00Z");
    }
}
