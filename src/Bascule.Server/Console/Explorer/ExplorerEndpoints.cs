using Bascule.Core;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Bascule.Server.Console.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Console.Explorer;

/// <summary>The pages of the audit log: for whoever may read it, and then all of it, as <c>/api/v1/audit/entries</c> decides.</summary>
internal static class ExplorerEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static void MapExplorer(this IEndpointRouteBuilder console)
    {
        var whole = new OfInstallation("there is one audit log, and whoever may read it reads all of it");
        console.MapMethods("/audit/entries", Reads, ListAsync).Asks(Act.ReadAudit);
        console.MapMethods("/audit/story", Reads, TellAsync).Asks(Act.ReadAudit);
        console.MapMethods("/audit/entries/{id}", Reads, EntryAsync).Asks(Act.ReadAudit).WithMetadata(whole);
        console.MapMethods("/audit/entries/{id}/bytes", Reads, BytesAsync).Asks(Act.ReadAudit).WithMetadata(whole);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ExplorerReader reader, ConsoleAssets assets)
    {
        var asked = Asked(context.Request.Query);
        var view = asked.Problem is null
            ? await reader.ListAsync(asked.Value, context.Actor(), context.RequestAborted)
            : asked.Problem;
        return view.Failed(out var problem)
            ? ConsoleEndpoints.Message(context, assets, problem)
            : ConsoleEndpoints.Page<EntriesPage>(context, assets, view.Value);
    }

    private static async Task<IResult> TellAsync(HttpContext context, ExplorerReader reader, ConsoleAssets assets)
    {
        if (context.Request.Query.ToList() is not [{ Key: var name, Value: [{ Length: > 0 } value] }])
            return ConsoleEndpoints.Message(
                context,
                assets,
                Problem.Invalid("name one thing whose story is told, e.g. /audit/story?run=eftzg80a08")
            );
        var view = await reader.TellAsync(new EntryField(name, value), context.Actor(), context.RequestAborted);
        return ConsoleEndpoints.Page<StoryPage>(context, assets, view);
    }

    private static async Task<IResult> EntryAsync(
        string id,
        HttpContext context,
        ExplorerReader reader,
        ConsoleAssets assets
    ) =>
        await reader.FindAsync(id, context.Actor(), context.RequestAborted) is { } view
            ? ConsoleEndpoints.Page<EntryPage>(context, assets, view)
            : ConsoleEndpoints.Message(context, assets, NoEntry(id));

    /// <summary>Exactly what the log holds: the leaf is the hash of these.</summary>
    private static async Task<IResult> BytesAsync(string id, HttpContext context, ExplorerReader reader)
    {
        if (await reader.ReadAsync(id, context.RequestAborted) is not { } record)
            return ConsoleEndpoints.Message(context, NoEntry(id));
        context.Response.Headers.CacheControl = "private, no-store";
        return Results.Bytes(record.Entry, "application/json", $"entry-{record.Index}.json");
    }

    /// <summary>As the API is asked, and as a form sends it: an empty field asks for nothing, and the kind of a link and its id are two fields.</summary>
    private static Result<Dictionary<string, string>> Asked(IQueryCollection query)
    {
        var asked = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query.Where(one => one.Value.ToString().Length > 0))
        {
            if (value.Count != 1)
                return Problem.Invalid($"write {PlainText.Line(name, 40)}=… once");
            asked[name] = value.ToString().Trim();
        }
        if (asked.Remove("link", out var link) && asked.Remove("of", out var of))
            asked[EntryWords.Links.Contains(link) ? link : "run"] = of;
        return asked;
    }

    private static Problem NoEntry(string id) =>
        Problem.NotFound($"there is no entry '{PlainText.Line(id, 40)}' in the audit log");
}
