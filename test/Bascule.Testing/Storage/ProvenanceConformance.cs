using Bascule.Core.Provenance;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ProvenanceConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task AStatementIsReadAsItWasSignedAndStaysTheOnlyOne()
    {
        var run = RunBuilder.ARun() with { Rule = "environments.ml-prod.branches", TreeDigest = new string('7', 64) };
        await ApplyAsync(new AddRun(run));
        var made = new Attestation(run.Id, "https://example.com/p", (byte[])[0, 255, 1], "key-1", Noon);
        await ApplyAsync(new AddAttestation(made));

        await ShouldConflictAsync(new AddAttestation(made with { Envelope = (byte[])[2] }));

        var read = (await Storage.Attestations.ListAsync(run.Id, None)).ShouldHaveSingleItem();
        read.Envelope.ToArray().ShouldBe([0, 255, 1]);
        (read with { Envelope = made.Envelope }).ShouldBe(made);
        var stored = (await Storage.Runs.FindAsync(run.Id, None)).ShouldNotBeNull();
        (stored.Rule, stored.TreeDigest).ShouldBe((run.Rule, run.TreeDigest));
    }

    [Fact]
    public async Task AStatementAboutNoRunIsNotKept()
    {
        await ShouldConflictAsync(
            new AddAttestation(new Attestation(new RunId("0000000000"), "p", (byte[])[1], "key-1", Noon))
        );
    }

    [Fact]
    public async Task TheDigestOfAModelIsKept()
    {
        var run = RunBuilder.ARun();
        var model = new ModelVersion("m", "1", null) { Sha256 = new string('e', 64) };
        await ApplyAsync(new AddRun(run), new SaveResults(run.Id, [], [model]));

        (await Storage.Runs.ReadModelsAsync(run.Id, None)).ShouldBe([model]);
    }

    [Fact]
    public async Task TheNextKeyEndsTheOneBeforeWhenItBegins()
    {
        await ApplyAsync(new AddProvenanceKey(AKey("k-1", Noon), After: null));
        await ApplyAsync(new AddProvenanceKey(AKey("k-2", Noon.AddDays(1)), "k-1"));
        await ApplyAsync(new AddProvenanceKey(AKey("k-3", Noon.AddHours(1)), "k-2"));

        var keys = await Storage.Attestations.ListKeysAsync(None);

        keys.Select(key => (key.Id, key.From, key.Until))
            .ShouldBe([
                ("k-1", Noon, Noon.AddHours(1)),
                ("k-2", Noon.AddDays(1), Noon.AddHours(1)),
                ("k-3", Noon.AddHours(1), null),
            ]);
        keys[0].SealedPrivateKey!.Value.ToArray().ShouldBe([9]);
        keys.Single(key => key.SignsAt(Noon.AddDays(2))).Id.ShouldBe("k-3");
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OfTwoThatRotateAtOnceOneComesSecond()
    {
        await ApplyAsync(new AddProvenanceKey(AKey("k-1", Noon), After: null));

        await ShouldConflictAsync(new AddProvenanceKey(AKey("k-2", Noon), After: null));
        await ShouldConflictAsync(new AddProvenanceKey(AKey("k-1", Noon), "k-1"));

        (await Storage.Attestations.ListKeysAsync(None)).Count.ShouldBe(1);
    }

    private static ProvenanceKey AKey(string id, DateTimeOffset from) =>
        new(id, ProvenanceKey.Local, (byte[])[1, 2], (ReadOnlyMemory<byte>?)(byte[])[9], Noon, from);
}
