using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Server.Audit.Log;

namespace Bascule.Server.Tests.Audit.Log;

[Trait("Threat", "T117")]
public sealed class CosigningTests : IAsyncLifetime
{
    private readonly NoteSigner _witness = new("auditor.example.org", [.. Enumerable.Repeat((byte)5, 32)]);
    private LogWorld _world = null!;
    private Cosigning _cosigning = null!;

    public async Task InitializeAsync()
    {
        _world = await LogWorld.OpenAsync(new AuditLogSettings([_witness.CosignatureKey.ToString()], 0));
        _cosigning = _world.Cosigning();
        await _world.WriteAsync(3);
        await _world.PublishAsync();
    }

    public async Task DisposeAsync()
    {
        _cosigning.Dispose();
        _witness.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task AWitnessesLineIsKeptUnderItsCheckpoint()
    {
        var note = await NoteAsync();
        var cosigned = note.With(_witness.Cosign(Checkpoint.Parse(note)!, _world.Clock.GetUtcNow()));

        (await TakeAsync(cosigned)).Value.ShouldBe(1);

        await _world.WriteAsync(3);
        await _world.PublishAsync();
        var witnessed = (await _world.Logs.FindWitnessedAsync(1, default)).ShouldNotBeNull();
        witnessed.WholeNote.ShouldBe(cosigned.ToString());
    }

    [Fact]
    public async Task AStrangersLineIsNot()
    {
        using var stranger = new NoteSigner("auditor.example.org", [.. Enumerable.Repeat((byte)6, 32)]);
        var note = await NoteAsync();

        var taken = await TakeAsync(note.With(stranger.Cosign(Checkpoint.Parse(note)!, _world.Clock.GetUtcNow())));

        taken.Problem.ShouldNotBeNull().Message.ShouldContain("audit.witnesses");
        (await _world.Logs.FindWitnessedAsync(1, default)).ShouldBeNull();
    }

    [Fact]
    public async Task OnlyTheWitnessesLineIsKeptOfMany()
    {
        using var stranger = new NoteSigner("spam.example.org", new byte[32]);
        var note = await NoteAsync();
        var checkpoint = Checkpoint.Parse(note)!;
        var many = note.With(stranger.Cosign(checkpoint, _world.Clock.GetUtcNow()))
            .With(_witness.Cosign(checkpoint, _world.Clock.GetUtcNow()));

        (await TakeAsync(many)).Value.ShouldBe(1);

        var kept = (await _world.Logs.FindWitnessedAsync(1, default))!.WholeNote;
        kept.ShouldNotContain("spam.example.org");
        SignedNote.Parse(kept).ShouldNotBeNull().Opens(_witness.CosignatureKey).ShouldBeTrue();
    }

    [Fact]
    public async Task ACheckpointThatThisLogDidNotSignIsRefused()
    {
        var checkpoint = Checkpoint.Parse(await NoteAsync())! with { Size = 2 };
        var forged = new SignedNote(checkpoint.Text, [_witness.Cosign(checkpoint, _world.Clock.GetUtcNow())]);

        var taken = await TakeAsync(forged);

        taken.Problem.ShouldNotBeNull().Message.ShouldContain("not signed by");
    }

    [Fact]
    public async Task ACheckpointThatWasNotShownYetIsRefused()
    {
        await using var world = await LogWorld.OpenAsync(
            new AuditLogSettings([_witness.CosignatureKey.ToString()], Standbys: 1)
        );
        await world.WriteAsync(1);
        await world.PublishAsync();
        var signed = (await world.Logs.FindAsync(1, (await world.LogAsync()).Size, default))!;
        var note = SignedNote.Parse(signed.Note)!;
        using var cosigning = world.Cosigning();
        var cosigned = note.With(_witness.Cosign(Checkpoint.Parse(note)!, world.Clock.GetUtcNow()));

        var taken = await cosigning.TakeAsync(1, Encoding.UTF8.GetBytes(cosigned.ToString()), default);

        taken.Problem.ShouldNotBeNull().Message.ShouldContain("never shown");
    }

    [Fact]
    public async Task ALineFromTheFutureIsRefused()
    {
        var note = await NoteAsync();
        var late = _world.Clock.GetUtcNow().AddMinutes(6);

        (await TakeAsync(note.With(_witness.Cosign(Checkpoint.Parse(note)!, late)))).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task NonsenseAndAnUnknownLogAreRefused()
    {
        (await _cosigning.TakeAsync(1, "nonsense"u8.ToArray(), default)).Problem.ShouldNotBeNull();
        var note = Encoding.UTF8.GetBytes((await NoteAsync()).ToString());
        (await _cosigning.TakeAsync(2, note, default)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.NotFound);
    }

    private Task<Result<int>> TakeAsync(SignedNote note) =>
        _cosigning.TakeAsync(1, Encoding.UTF8.GetBytes(note.ToString()), default);

    private async Task<SignedNote> NoteAsync()
    {
        var log = await _world.LogAsync();
        return SignedNote.Parse((await _world.Logs.FindAsync(1, log.PublishedSize, default))!.Note)!;
    }
}
