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

    private const string Pem = "application/x-pem-file";
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

    private static async Task<IResult> PublishJsonAsync(IAttestationStore store, CancellationToken cancellationToken) =>
        Results.Text(VerificationKeys.ToJson(await ReadAsync(store, cancellationToken)), "application/json");

    private static async Task<IResult> PublishPemAsync(IAttestationStore store, CancellationToken cancellationToken) =>
        Results.Text(VerificationKeys.ToPem(await ReadAsync(store, cancellationToken)), Pem);

    private static async Task<IResult> PublishOneAsync(
        string id,
        IAttestationStore store,
        CancellationToken cancellationToken
    ) =>
        (await ReadAsync(store, cancellationToken)).FirstOrDefault(key => key.Id == id) is { } found
            ? Results.Text(found.ToPem(), Pem)
            : Results.StatusCode(StatusCodes.Status404NotFound);

    /// <summary>As they are stored: whoever asks without a name has no key made, and no token or vault asked.</summary>
    private static async Task<IEnumerable<VerificationKey>> ReadAsync(
        IAttestationStore store,
        CancellationToken cancellationToken
    ) => (await store.ListKeysAsync(cancellationToken)).Select(ProvenanceRecords.ToVerify);

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
