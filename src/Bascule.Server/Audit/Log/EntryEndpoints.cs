using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Personal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Audit.Log;

/// <summary>Searching the audit log. What is found is proven by the tiles, not by this answer.</summary>
internal static class EntryEndpoints
{
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
        RoleRules roles,
        PersonalReader personal,
        CancellationToken cancellationToken
    )
    {
        var question = EntryQuery.Read(context.Request.Query);
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
        if (roles.Decide(context.Actor(), Act.ReadPeople, Scope.Installation).IsAllowed)
            list = await personal.AddAsync(list, cancellationToken);
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
}
