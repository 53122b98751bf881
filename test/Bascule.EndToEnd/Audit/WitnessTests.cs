using Bascule.Cli.Features.Audit;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Testing.Audit;

namespace Bascule.EndToEnd.Audit;

/// <summary>A witness never vouches for two histories (THREATS T117).</summary>
[Trait("Threat", "T117")]
public sealed class WitnessTests : IDisposable
{
    private static readonly byte[][] _entries = WrittenLog.Entries(300);

    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-witness-").FullName;
    private readonly NoteSigner _signer = WrittenLog.SignerOf(7, "auditor.example.org");

    private string State => Path.Combine(_folder, "seen");

    public void Dispose()
    {
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task CosignsALogThatGrows()
    {
        (await RunAsync(WrittenLog.Of(_entries[..100]))).Value.Before.ShouldBeNull();
        var log = WrittenLog.Of(_entries);

        var cosigned = (await RunAsync(log)).Value;

        cosigned.Before.ShouldBe(100);
        cosigned.Note.Opens(log.Key).ShouldBeTrue();
        cosigned.Note.Opens(_signer.CosignatureKey).ShouldBeTrue();
        (await RunAsync(log)).Value.Before.ShouldBe(300);
    }

    [Fact]
    public async Task RefusesAForkAndKeepsBothCheckpoints()
    {
        var honest = WrittenLog.Of(_entries[..200]);
        var forked = WrittenLog.Of([.. _entries[..100], WrittenLog.Entry(9_000), .. _entries[101..]]);
        (await RunAsync(honest)).Problem.ShouldBeNull();

        (await RunAsync(forked)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);

        Directory
            .GetFiles(_folder, "seen.fork-*")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText)
            .ShouldBe([honest.Checkpoint.ToString(), forked.Checkpoint.ToString()]);
        (await RunAsync(forked)).Problem.ShouldNotBeNull();
        (await RunAsync(WrittenLog.Of(_entries))).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task RefusesALogThatWasPutBackAndOneOfAnotherKey()
    {
        (await RunAsync(WrittenLog.Of(_entries))).Problem.ShouldBeNull();

        (await RunAsync(WrittenLog.Of(_entries[..299]))).Problem.ShouldNotBeNull().Message.ShouldContain("put back");
        (await RunAsync(WrittenLog.Of(_entries, seed: 2)))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("not signed");
    }

    [Fact]
    public async Task SignsNothingThatItCannotRememberOrCannotCompare()
    {
        (await RunAsync(WrittenLog.Of(_entries[..100]))).Problem.ShouldBeNull();
        await File.WriteAllTextAsync(State, "something else");
        (await RunAsync(WrittenLog.Of(_entries))).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);

        File.Delete(State);
        Directory.CreateDirectory($"{State}.partial");
        (await RunAsync(WrittenLog.Of(_entries))).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
    }

    /// <summary>Two runs at once, each shown another history: one of them finds what the other has seen.</summary>
    [Fact]
    public async Task SignsOneOfTwoHistoriesThatAreShownAtOnce()
    {
        var other = WrittenLog.Of([.. _entries[..100], WrittenLog.Entry(9_000), .. _entries[101..]]);

        var runs = await Task.WhenAll(
            Task.Run(() => RunAsync(WrittenLog.Of(_entries))),
            Task.Run(() => RunAsync(other))
        );

        runs.Count(run => run.Problem is null).ShouldBe(1);
    }

    [Fact]
    public void KeepsItsKeyToItself()
    {
        var file = Path.Combine(_folder, "key");
        using var made = WitnessKey.OpenOrCreate(file, "auditor.example.org").Value.Signer;

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var read = WitnessKey.OpenOrCreate(file, "another").Value.Signer;
        read.CosignatureKey.ToString().ShouldBe(made.CosignatureKey.ToString());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        WitnessKey.OpenOrCreate(file, "another").Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
        WitnessKey.OpenOrCreate(file + "2", "two names").Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);
    }

    private async Task<Result<Cosigned>> RunAsync(WrittenLog log)
    {
        using var key = NoteKey.Parse(WrittenLog.Of([]).Key.ToString()).Value;
        return await new Witness(_signer, key, new WitnessState(State), TimeProvider.System).RunAsync(log, default);
    }
}
