using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

public sealed class RunJournalsTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    private RunJournals Journals => new(_world.Storage.Runs, _world.Storage.Work, _world.MasterKey);

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatWasWrittenIsReadAndNobodyElseSeesIt()
    {
        var run = (await _world.QueueAsync()).Id;
        (await Journals.Of(run).ReadAsync(default)).Value.ShouldBeNull();

        (await Journals.Of(run).WriteAsync("canary: before", default)).Problem.ShouldBeNull();

        (await Journals.Of(run).ReadAsync(default)).Value.ShouldBe("canary: before");
        var stored = await _world.Storage.Runs.ReadJournalAsync(run, default);
        Encoding.UTF8.GetString(stored.ShouldNotBeNull()).ShouldNotContain("canary");
    }

    /// <summary>Whoever can write the database cannot make one run go on with another's journal.</summary>
    [Fact]
    public async Task AJournalOpensForItsOwnRunAlone()
    {
        var (run, other) = ((await _world.QueueAsync()).Id, (await _world.QueueAsync('b')).Id);
        other.ShouldNotBe(run);
        await Journals.Of(run).WriteAsync("steps", default);
        var stored = await _world.Storage.Runs.ReadJournalAsync(run, default);

        await _world.Storage.Work.ApplyAsync([new SaveRunJournal(other, stored.ShouldNotBeNull())], default);

        await Should.ThrowAsync<CryptographicException>(() => Journals.Of(other).ReadAsync(default));
    }

    [Fact]
    public async Task WhatIsTooLongIsNotWritten()
    {
        var run = (await _world.QueueAsync()).Id;

        var refused = await Journals.Of(run).WriteAsync(new string('x', IRunJournal.MaxLength + 1), default);

        refused.Problem.ShouldNotBeNull().IsExceeded.ShouldBeTrue();
        (await _world.Storage.Runs.ReadJournalAsync(run, default)).ShouldBeNull();
    }
}
