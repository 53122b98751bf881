using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Runs;
using Bascule.Server.Sealing;
using NSubstitute;

namespace Bascule.Server.Tests.Runs;

public sealed class RunJournalsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-journals-").FullName;
    private readonly IRunStore _runs = Substitute.For<IRunStore>();
    private readonly IWorkStore _store = Substitute.For<IWorkStore>();
    private readonly Dictionary<RunId, byte[]> _stored = [];
    private readonly RunJournals _journals;

    public RunJournalsTests()
    {
        _journals = new RunJournals(_runs, _store, MasterKey.Open(Path.Combine(_folder, "master.key")).Value);
        _runs
            .ReadJournalAsync(Arg.Any<RunId>(), Arg.Any<CancellationToken>())
            .Returns(call => _stored.GetValueOrDefault(call.Arg<RunId>()));
        _store
            .ApplyAsync(Arg.Any<IReadOnlyList<Change>>(), Arg.Any<CancellationToken>())
            .Returns(call =>
            {
                var save = (SaveRunJournal)call.Arg<IReadOnlyList<Change>>()[0];
                _stored[save.Run] = save.Sealed;
                return Result.Done;
            });
    }

    [Fact]
    public async Task WhatWasWrittenIsReadAndNobodyElseSeesIt()
    {
        var run = RunId.New();
        (await _journals.Of(run).ReadAsync(default)).Value.ShouldBeNull();

        (await _journals.Of(run).WriteAsync("canary: before", default)).Problem.ShouldBeNull();

        (await _journals.Of(run).ReadAsync(default)).Value.ShouldBe("canary: before");
        Encoding.UTF8.GetString(_stored[run]).ShouldNotContain("canary");
    }

    /// <summary>Whoever can write the database cannot make one run go on with another's journal.</summary>
    [Fact]
    public async Task AJournalOpensForItsOwnRunAlone()
    {
        var (run, other) = (RunId.New(), RunId.New());
        await _journals.Of(run).WriteAsync("steps", default);
        _stored[other] = _stored[run];

        await Should.ThrowAsync<CryptographicException>(() => _journals.Of(other).ReadAsync(default));
    }

    [Fact]
    public async Task WhatIsTooLongIsNotWritten()
    {
        var run = RunId.New();

        var refused = await _journals.Of(run).WriteAsync(new string('x', IRunJournal.MaxLength + 1), default);

        (refused.Problem!.IsExceeded, _stored.Count).ShouldBe((true, 0));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
