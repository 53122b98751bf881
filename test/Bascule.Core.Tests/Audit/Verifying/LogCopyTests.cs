using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Audit.Verifying;

public sealed class LogCopyTests : IDisposable
{
    private static readonly byte[][] _entries = WrittenLog.Entries(600);

    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-copy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CopiesALogThatVerifies()
    {
        var log = WrittenLog.Of(_entries);

        (await CopyAsync(log)).Fetched.ShouldBe(7);

        var verdict = await LogVerifier.VerifyAsync(new LogFolder(_folder), new LogExpectation(log.Key), default);
        verdict.Value.IsVerified.ShouldBeTrue();
        Files().ShouldBe(log.Files.Keys);
    }

    [Fact]
    public async Task FetchesOnlyWhatIsMissing()
    {
        await CopyAsync(WrittenLog.Of(_entries[..300]));
        (await CopyAsync(WrittenLog.Of(_entries[..300]))).Fetched.ShouldBe(0);

        var grown = WrittenLog.Of(_entries);
        (await CopyAsync(grown)).Fetched.ShouldBe(5);

        Files().ShouldBe(grown.Files.Keys);
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task KeepsWhatItHasWhenTheLogIsAnotherOneNow()
    {
        await CopyAsync(WrittenLog.Of(_entries[..300]));
        byte[][] others = [.. _entries[..5], WrittenLog.Entry(9_000), .. _entries[6..]];

        foreach (var log in (WrittenLog[])[WrittenLog.Of(others), WrittenLog.Of(_entries[..299])])
        {
            var copied = await new LogCopy(log, _folder).RunAsync(
                log.Checkpoint,
                Checkpoint.Parse(log.Checkpoint)!,
                default
            );
            copied.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        }

        Files().ShouldBe(WrittenLog.Of(_entries[..300]).Files.Keys);
    }

    [Fact]
    public async Task HasNoCheckpointBeforeItHasAllTiles()
    {
        var log = WrittenLog.Of(_entries);
        log.Files.Remove("tile/1/000.p/2");

        var copied = await new LogCopy(log, _folder).RunAsync(
            log.Checkpoint,
            Checkpoint.Parse(log.Checkpoint)!,
            default
        );

        copied.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.NotFound);
        Files().ShouldNotContain("checkpoint");
    }

    private async Task<LogCopy> CopyAsync(WrittenLog log)
    {
        var copy = new LogCopy(log, _folder);
        (await copy.RunAsync(log.Checkpoint, Checkpoint.Parse(log.Checkpoint)!, default)).Problem.ShouldBeNull();
        return copy;
    }

    private IEnumerable<string> Files() =>
        Directory
            .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder, file))
            .Order(StringComparer.Ordinal);
}
