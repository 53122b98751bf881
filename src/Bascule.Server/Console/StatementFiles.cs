using System.Text;
using Bascule.Core;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Runs;
using Bascule.Server.Provenance;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>The signed statements about a run as files: whoever may see the run may take them away and verify them elsewhere.</summary>
internal static class StatementFiles
{
    public static async Task<IResult> LinesAsync(string id, HttpContext context, IAttestationStore store)
    {
        var all = await store.ListAsync(new RunId(id), context.RequestAborted);
        if (all.Count == 0)
            return ConsoleEndpoints.Message(context, None);
        var lines = string.Concat(all.Select(one => Encoding.UTF8.GetString(one.Envelope.Span) + "\n"));
        return Results.File(Encoding.UTF8.GetBytes(lines), "application/jsonl", $"{id}.intoto.jsonl");
    }

    public static Task<IResult> RunBundleAsync(string id, HttpContext context, IAttestationStore store) =>
        BundleAsync(id, "run", context, store);

    public static Task<IResult> SlsaBundleAsync(string id, HttpContext context, IAttestationStore store) =>
        BundleAsync(id, "slsa", context, store);

    private static async Task<IResult> BundleAsync(string id, string kind, HttpContext context, IAttestationStore store)
    {
        var all = await store.ListAsync(new RunId(id), context.RequestAborted);
        return all.FirstOrDefault(one => ProvenanceRecords.KindOf(one) == kind) is { } found
            ? Results.File(
                SigstoreBundle.Write(DsseReader.Parse(found.Envelope).Value),
                SigstoreBundle.MediaType,
                $"{id}-{kind}.sigstore.json"
            )
            : ConsoleEndpoints.Message(context, None);
    }

    private static Problem None =>
        Problem.NotFound("There is no such statement: it is signed when a run that was started has ended.");
}
