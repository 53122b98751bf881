using Bascule.Testing;

namespace Bascule.Server.Tests.Work;

/// <summary>
/// <c>test/models/lanes.pml</c>, in which replicas race, die, stop and go on: every state of it is looked at. A guard that is taken away must show, each
/// by the harm that it is there against (docs/adr/0008-lanes-on-shards.md).
/// </summary>
[Trait("Threat", "T147")]
public sealed class LaneModelTests : IDisposable
{
    private const string NeverEnds = "acceptance cycle";
    private const string Paused = "-DLANES=1 -DROWS=2 -DPAUSES=1";
    private const string Sound = "-DLANES=1 -DROWS=2";
    private const string OnlyWoken = "-DLANES=1 -DROWS=2 -DPOLL=0";
    private readonly Spin _spin = new();

    private static string Model => RepositoryFolder.PathOf("test/models/lanes.pml");

    [SpinTheory]
    [InlineData("three lanes, nothing fails", "-DLANES=3")]
    [InlineData("two shards, nothing fails, no poll", "-DSHARDS=2 -DPOLL=0 -DROWS=2")]
    [InlineData("two lanes, a kill", "-DKILLS=1")]
    [InlineData("two lanes, a pause", "-DPAUSES=1")]
    [InlineData("two shards, a kill", "-DSHARDS=2 -DROWS=2 -DKILLS=1")]
    [InlineData("two shards, a pause", "-DSHARDS=2 -DROWS=1 -DPAUSES=1")]
    [InlineData("two lanes, handing over", "-DROWS=2 -DGIVES=2")]
    [InlineData("one lane, handing over and a pause", "-DLANES=1 -DROWS=2 -DGIVES=1 -DPAUSES=1")]
    [InlineData("one lane, handing over, stopping and a kill", "-DLANES=1 -DROWS=2 -DGIVES=1 -DSTOPS=1 -DKILLS=1")]
    [InlineData("one lane, a kill, a pause and a late heartbeat", "-DLANES=1 -DKILLS=1 -DPAUSES=1 -DSLOW=1")]
    public void EveryEffectIsStoredOnceInOrderByTheHolderOnly(string situation, string defines)
    {
        var search = _spin.FindBrokenAssertion(Model, defines);

        search.Errors.ShouldBe(0, $"{situation}: {search.Output}");
        search.IsExhaustive.ShouldBeTrue(search.Output);
    }

    [SpinTheory]
    [InlineData("two lanes, wakes only", "-DPOLL=0 -DROWS=2")]
    [InlineData("two shards, wakes only", "-DPOLL=0 -DROWS=1 -DSHARDS=2")]
    [InlineData("two lanes, wakes only, handing over", "-DPOLL=0 -DROWS=2 -DGIVES=1")]
    [InlineData("two lanes, wakes only, one is stopped", "-DPOLL=0 -DROWS=2 -DSTOPS=1")]
    [InlineData("polls only, handing over to one that dies", "-DLANES=1 -DROWS=2 -DGIVES=1 -DKILLS=1 -DNEVER_BACK=1")]
    [InlineData("two lanes, polls only, one replica dies", "-DROWS=2 -DKILLS=1 -DNEVER_BACK=1")]
    [InlineData("polls only, one dies, one is paused", "-DLANES=1 -DROWS=2 -DKILLS=1 -DPAUSES=1 -DNEVER_BACK=1")]
    [InlineData("polls only, a pause and a late heartbeat", "-DLANES=1 -DROWS=2 -DPAUSES=1 -DSLOW=1")]
    public void EveryRowIsHandledInTheEnd(string situation, string defines)
    {
        var search = _spin.FindBrokenPromise(Model, defines);

        search.Errors.ShouldBe(0, $"{situation}: {search.Output}");
        search.IsExhaustive.ShouldBeTrue(search.Output);
        search.Output.ShouldContain("(fairness enabled)");
    }

    [SpinTheory]
    [InlineData("SETTLES_WITHOUT_FENCE", Paused, "(settled[lane]+1)")]
    [InlineData("SETTLES_UNDER_A_LATER_CLAIM", Paused, "(settled[lane]+1)")]
    [InlineData("CALLS_WITHOUT_FENCE", Paused, "(token[((r*1)+lane)]==2)")]
    [InlineData("CLAIMS_WITHOUT_NEW_FENCE", Paused, "(mine[(((1-r)*1)+0)]!=2)")]
    [InlineData("CLAIMS_LEASED_SHARDS", Sound, "(called[lane]+1)")]
    [InlineData("RELEASES_BUSY_SHARDS", Sound, "(called[lane]+1)")]
    [InlineData("TAKES_ANY_ROW", Sound, "(called[lane]+1)")]
    [InlineData("TAKES_BUSY_LANES", Sound, "(admitted[lane]!=2)")]
    public void AGuardLessBreaksAnAssertion(string mutant, string defines, string broken)
    {
        var search = _spin.FindBrokenAssertion(Model, $"{defines} -D{mutant}");

        search.Errors.ShouldBe(1, search.Output);
        search.Finding.ShouldStartWith("assertion violated");
        search.Finding.ShouldContain(broken);
    }

    [SpinTheory]
    [InlineData("TAKES_SIGNAL_LATE", OnlyWoken)]
    [InlineData("WAKES_BEFORE_LEAVING", OnlyWoken)]
    [InlineData("RELEASES_BESIDE_THE_LOOP", OnlyWoken)]
    [InlineData("HANDS_OVER_SILENTLY", $"{OnlyWoken} -DGIVES=1")]
    [InlineData("LEAVES_SILENTLY", $"{OnlyWoken} -DSTOPS=1")]
    [InlineData("RENEWS_WITHOUT_FENCE", "-DLANES=1 -DROWS=1 -DKILLS=1 -DPAUSES=1 -DNEVER_BACK=1")]
    [InlineData("POLL=0", "-DLANES=1 -DROWS=1 -DKILLS=1 -DNEVER_BACK=1")]
    public void AGuardLessLeavesARowForEver(string mutant, string defines)
    {
        var search = _spin.FindBrokenPromise(Model, $"{defines} -D{mutant}");

        search.Errors.ShouldBe(1, search.Output);
        search.Finding.ShouldBe(NeverEnds);
    }

    /// <summary>Otherwise the model could hold because nothing ever goes wrong in it.</summary>
    [SpinTheory]
    [InlineData("SHOW_REFUSED_CALL")]
    [InlineData("SHOW_REFUSED_RESULT")]
    [InlineData("SHOW_LATE_CALL")]
    public void WhatTheGuardsAreAgainstHappens(string witness)
    {
        var search = _spin.FindBrokenAssertion(Model, $"{Paused} -D{witness}");

        search.Errors.ShouldBe(1, search.Output);
        search.Finding.ShouldBe("assertion violated 0");
    }

    public void Dispose() => _spin.Dispose();
}
