using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// The audit log as c2sp.org/tlog-tiles lays it out: the first log below <c>/audit</c>, that of a later epoch below <c>/audit/{number}</c>. Hashes are for
/// everybody: each entry holds a random number, so nobody can guess one by its hash. The entries themselves are for who may read the audit log.
/// </summary>
internal static class LogEndpoints
{
    private const string Hashes = "auditors and witnesses check hashes and signatures, and learn no entry from them";
    private const string Later = "{log:int:min(2)}/";

    public static void MapAuditLog(this IEndpointRouteBuilder routes)
    {
        routes.MapAuditEntries();
        routes.MapGet(LogPlace.Root + "/keys", ReadKeysAsync).IsOpen(Hashes);
        var open = routes.MapGroup(LogPlace.Root);
        open.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        var inside = routes.MapGroup(LogPlace.Root).WithMetadata(new Inside(IsPage: false));
        inside.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        foreach (var prefix in (string[])["/", "/" + Later])
        {
            open.MapGet(prefix + "checkpoint", ReadCheckpointAsync).IsOpen(Hashes);
            open.MapGet(prefix + "witnessed", ReadWitnessedAsync).IsOpen(Hashes);
            open.MapGet(prefix + "tile/{level:int}/{**place}", ReadHashesAsync).IsOpen(Hashes);
            inside
                .MapGet(prefix + "tile/entries/{**place}", ReadEntriesAsync)
                .Asks(Act.ReadAudit)
                .WithMetadata(new OfInstallation("there is one audit log, and whoever may read it reads all of it"));
            open.MapPost(prefix + "cosignatures", TakeCosignatureAsync)
                .IsOpen("only a line that a configured witness has signed is kept")
                .WithMetadata(new RequestSizeLimitAttribute(SignedNote.MostBytes));
        }
    }

    /// <summary>One verifier key a line, the newest log first.</summary>
    private static async Task<IResult> ReadKeysAsync(ILogStore logs, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var log in await logs.ListAsync(cancellationToken))
        {
            using var keys = LogKeys.ToRead(log);
            text.Append(keys.Key).Append('\n');
        }
        return Text(text.ToString());
    }

    private static async Task<IResult> ReadCheckpointAsync(
        HttpContext context,
        ILogStore logs,
        int log = 1,
        CancellationToken cancellationToken = default
    )
    {
        var found = await FindAsync(logs, log, cancellationToken);
        var checkpoint = found is { PublishedSize: > 0 }
            ? await logs.FindAsync(log, found.PublishedSize, cancellationToken)
            : null;
        return Note(context, checkpoint, "there is no checkpoint yet; ask again in a second");
    }

    private static async Task<IResult> ReadWitnessedAsync(
        HttpContext context,
        ILogStore logs,
        int log = 1,
        CancellationToken cancellationToken = default
    ) =>
        Note(
            context,
            await logs.FindWitnessedAsync(log, cancellationToken),
            "no witness has cosigned a checkpoint of this log"
        );

    private static Task<IResult> ReadHashesAsync(
        HttpContext context,
        int level,
        string place,
        ILogStore logs,
        IAuditLog entries,
        int log = 1,
        CancellationToken cancellationToken = default
    ) =>
        ReadTileAsync(
            context,
            string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{place}"),
            (logs, entries),
            log,
            cancellationToken
        );

    private static Task<IResult> ReadEntriesAsync(
        HttpContext context,
        string place,
        ILogStore logs,
        IAuditLog entries,
        int log = 1,
        CancellationToken cancellationToken = default
    ) => ReadTileAsync(context, $"tile/entries/{place}", (logs, entries), log, cancellationToken);

    private static async Task<IResult> ReadTileAsync(
        HttpContext context,
        string path,
        (ILogStore Logs, IAuditLog Entries) stored,
        int number,
        CancellationToken cancellationToken
    )
    {
        var missing = new ProblemAnswer(Problem.NotFound($"there is no {path} in this log"));
        if (TileName.Parse(path) is not { } name)
            return missing;
        var log = await FindAsync(stored.Logs, number, cancellationToken);
        // What no published checkpoint covers was shown to nobody, and is not shown here.
        if (log is null || !IsWithin(name, log.PublishedSize))
            return missing;
        var read = await new StoredTiles(stored.Logs, stored.Entries, log).ReadAsync(name, cancellationToken);
        if (read.Failed(out _))
            return missing;
        context.Response.Headers.CacheControl =
            name.Level == TileName.Entries ? "private, no-store" : "public, max-age=31536000, immutable";
        return Results.Bytes(read.Value, "application/octet-stream");
    }

    private static async Task<IResult> TakeCosignatureAsync(
        HttpContext context,
        Cosigning cosigning,
        int log = 1,
        CancellationToken cancellationToken = default
    )
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        var taken = await cosigning.TakeAsync(log, body.GetBuffer().AsMemory(0, (int)body.Length), cancellationToken);
        return taken.Failed(out var problem) ? new ProblemAnswer(problem) : Results.NoContent();
    }

    private static bool IsWithin(TileName name, long size) =>
        TileName.HashesOf(name.Level, size) >= (name.Index * TileName.FullWidth) + name.Width;

    private static async Task<StoredLog?> FindAsync(ILogStore logs, int number, CancellationToken cancellationToken) =>
        (await logs.ListAsync(cancellationToken)).FirstOrDefault(log => log.Number == number);

    private static IResult Note(HttpContext context, StoredCheckpoint? checkpoint, string missing)
    {
        if (checkpoint is null)
            return new ProblemAnswer(Problem.NotFound(missing));
        context.Response.Headers.CacheControl = "max-age=1";
        return Text(checkpoint.WholeNote);
    }

    private static IResult Text(string text) => Results.Text(text, "text/plain", Encoding.UTF8);
}
