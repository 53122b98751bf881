using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Provenance;

/// <summary>Public keys for everybody; statements for whoever may see the run.</summary>
internal static class ProvenanceEndpoints
{
    public const string Keys = "/provenance/keys";

    private const string Why = "whoever verifies a statement needs the public keys, and they are no secret";

    public static void MapProvenance(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Keys, PublishJsonAsync).IsOpen(Why);
        endpoints.MapGet($"{Keys}.pem", PublishPemAsync).IsOpen(Why);
        endpoints.MapGet($"{Keys}/{{id}}.pem", PublishOneAsync).IsOpen(Why);
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        var run = Things.Run((_, problem) => new ProblemAnswer(problem));
        api.MapGet("/runs/{id}/attestations", ListAsync).Asks(Act.ReadRuns, run);
        api.MapGet("/provenance/keys", ListKeysAsync).Asks(Act.ReadRuns);
        api.MapPost("/provenance/keys/rotate", RotateAsync).Asks(Act.RotateKey);
    }

    private static async Task<IResult> PublishJsonAsync(ProvenanceKeys keys, CancellationToken cancellationToken) =>
        Publish(await keys.ListAsync(cancellationToken), found => VerificationKeys.ToJson(found), "application/json");

    private static async Task<IResult> PublishPemAsync(ProvenanceKeys keys, CancellationToken cancellationToken) =>
        Publish(
            await keys.ListAsync(cancellationToken),
            found => VerificationKeys.ToPem(found),
            "application/x-pem-file"
        );

    private static async Task<IResult> PublishOneAsync(
        string id,
        ProvenanceKeys keys,
        CancellationToken cancellationToken
    )
    {
        var listed = await keys.ListAsync(cancellationToken);
        return listed.Problem is null && listed.Value.All(key => key.Id != id)
            ? Results.StatusCode(StatusCodes.Status404NotFound)
            : Publish(
                listed,
                found => VerificationKeys.ToPem(found.Where(key => key.Id == id)),
                "application/x-pem-file"
            );
    }

    private static IResult Publish(
        Result<IReadOnlyList<ProvenanceKey>> keys,
        Func<IEnumerable<VerificationKey>, string> write,
        string type
    ) =>
        keys.Problem is null
            ? Results.Text(write(keys.Value.Select(ProvenanceRecords.ToVerify)), type)
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ListAsync(
        string id,
        IAttestationStore store,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Json(
            new AttestationList([
                .. (await store.ListAsync(new RunId(id), cancellationToken)).Select(ProvenanceRecords.Of),
            ]),
            ApiJson.Default.AttestationList
        );

    private static async Task<IResult> ListKeysAsync(
        ProvenanceKeys keys,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var listed = await keys.ListAsync(cancellationToken);
        return listed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new ProvenanceKeyList([.. listed.Value.Select(key => ProvenanceRecords.Of(key, time.GetUtcNow()))]),
                ApiJson.Default.ProvenanceKeyList
            );
    }

    private static async Task<IResult> RotateAsync(
        bool? now,
        HttpContext context,
        ProvenanceKeys keys,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var rotated = await keys.RotateAsync(now == true, context.Actor().AuditName, cancellationToken);
        return rotated.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                ProvenanceRecords.Of(rotated.Value, time.GetUtcNow()),
                ApiJson.Default.ProvenanceKeyRecord
            );
    }
}
