using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Provenance;
using Bascule.Server.Tests.World;
using Bascule.Testing.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Provenance;

/// <summary>A place of keys that cannot be reached.</summary>
internal sealed class FailingPlace(Problem problem) : IProvenanceKeyPlace
{
    public string Kind => ProvenanceKey.Local;

    public Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Result<FoundKey>>(problem);

    public Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Failure<IProvenanceSigner>(problem));
}

/// <summary>A place that publishes one key and signs by another.</summary>
internal sealed class LyingPlace : IProvenanceKeyPlace, IProvenanceSigner
{
    private readonly TestSigner _published = new();
    private readonly TestSigner _signing = new();

    public string Kind => ProvenanceKey.Local;

    public VerificationKey Key => _published.Key;

    public Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Result<FoundKey>>(new FoundKey(Kind, Key, Sealed: null));

    public Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Of<IProvenanceSigner>(this));

    public Task<Result<byte[]>> SignAsync(
        ReadOnlyMemory<byte> digest,
        ICallAudit audit,
        CancellationToken cancellationToken
    ) => _signing.SignAsync(digest, audit, cancellationToken);
}

internal static class ProvenanceWorld
{
    /// <summary>The handler as it is, with its keys elsewhere.</summary>
    public static AttestHandler With(this ServerWorld world, IProvenanceKeyPlace place) =>
        ActivatorUtilities.CreateInstance<AttestHandler>(world.Services, world.KeysAt(place));

    public static ProvenanceKeys KeysAt(this ServerWorld world, params IReadOnlyList<IProvenanceKeyPlace> places) =>
        new(
            world.Storage.Attestations,
            world.Get<IWorkStore>(),
            new KeyPlaces(places[0].Kind, places),
            world.Get<ProvenanceOptions>(),
            world.Get<AuditTrail>(),
            world.Clock
        );
}
