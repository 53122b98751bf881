using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Provenance.Keys;
using Bascule.Server.Provenance;
using Bascule.Server.Sealing;
using Bascule.Server.Tests.World;
using Bascule.Storage;
using Bascule.Storage.Snapshots;
using Bascule.Testing.Platforms;

namespace Bascule.Server.Tests.Provenance;

public sealed class ProvenanceKeyTests : IAsyncLifetime
{
    private static readonly byte[] Digest = SHA256.HashData("x"u8);
    private ServerWorld _world = null!;

    private ProvenanceKeys Keys => _world.Get<ProvenanceKeys>();

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task TheFirstKeyIsMadeOnceAndWrittenDown()
    {
        var first = (await Keys.ListAsync(default)).Value.ShouldHaveSingleItem();
        var again = (await Keys.ListAsync(default)).Value.ShouldHaveSingleItem();

        again.Id.ShouldBe(first.Id);
        var entry = (await _world.EntriesAsync("provenance_key.added")).ShouldHaveSingleItem();
        ((string)entry["facts"]!["key"]!).ShouldBe(first.Id);
    }

    [Fact]
    public async Task TheNextKeyIsPublishedADayBeforeItSignsAndTheFormerStaysPublished()
    {
        var first = (await Keys.OpenAsync(default)).Value.Signer.Key;
        var next = (await Keys.RotateAsync(atOnce: false, "operator", default)).Value;

        (await Keys.OpenAsync(default)).Value.Signer.Key.Id.ShouldBe(first.Id);
        (await Keys.ListAsync(default)).Value.Count.ShouldBe(2);
        _world.Clock.Advance(TimeSpan.FromDays(1));

        (await Keys.OpenAsync(default)).Value.Signer.Key.Id.ShouldBe(next.Id);
        var former = (await Keys.ListAsync(default)).Value[0];
        (former.Id, former.Until).ShouldBe((first.Id, next.From));
    }

    [Fact]
    public async Task WhileOneWaitsForItsTurnAnotherComesOnlyAtOnce()
    {
        await Keys.ListAsync(default);
        await Keys.RotateAsync(atOnce: false, "operator", default);

        (await Keys.RotateAsync(atOnce: false, "operator", default))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("--now");
        var third = (await Keys.RotateAsync(atOnce: true, "operator", default)).Value;

        (await Keys.OpenAsync(default)).Value.Signer.Key.Id.ShouldBe(third.Id);
    }

    [Fact]
    public async Task AKeyOfAPlaceThatTheSettingsNameNoMoreIsMissedInWords()
    {
        await Keys.ListAsync(default);
        using var elsewhere = _world.KeysAt(new Elsewhere());

        var problem = (await elsewhere.OpenAsync(default)).Problem.ShouldNotBeNull();

        problem.Message.ShouldContain("bascule provenance key rotate --now");
    }

    /// <summary>The database has the sealed key and not what opens it: whoever stole a backup can verify, and sign nothing.</summary>
    [Fact]
    [Trait("Threat", "T146")]
    public async Task AStolenBackupSignsNothing()
    {
        (
            await (await Keys.OpenAsync(default)).Value.Signer.SignAsync(Digest, new RecordingAudit(), default)
        ).Problem.ShouldBeNull();
        var folder = Directory.CreateTempSubdirectory("bascule-stolen-").FullName;
        var (backup, copy) = (Path.Combine(folder, "backup"), new SqlitePlace(Path.Combine(folder, "copy.db")));
        var snapshots = new Snapshots(_world.Clock, "1.2.3");
        (await snapshots.BackUpAsync(new SqlitePlace(_world.DatabaseFile), backup, default)).Problem.ShouldBeNull();
        (await snapshots.RestoreAsync(copy, backup, default)).Problem.ShouldBeNull();
        await using (var storage = await SqliteStorage.OpenAsync(copy.File, _world.Clock, default))
        {
            var stolen = (await storage.Attestations.ListKeysAsync(default)).ShouldHaveSingleItem();
            using var thiefs = MasterKey.Open(Path.Combine(folder, "master.key")).Value;

            await Should.ThrowAsync<CryptographicException>(() => new LocalKeyPlace(thiefs).OpenAsync(stolen, default));
            (await new LocalKeyPlace(_world.MasterKey).OpenAsync(stolen, default)).Problem.ShouldBeNull();
            Should.Throw<CryptographicException>(() =>
                ECDsa.Create().ImportPkcs8PrivateKey(stolen.SealedPrivateKey!.Value.Span, out _)
            );
        }
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Elsewhere : IProvenanceKeyPlace
    {
        public string Kind => "pkcs11";

        public Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<Result<IProvenanceSigner>> OpenAsync(
            Core.Provenance.ProvenanceKey key,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();
    }
}
