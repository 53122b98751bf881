using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Audit;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Audit;

public sealed class CallAuditTests : IAsyncLifetime
{
    private ServerWorld _world = null!;
    private CallAudit _calls = null!;
    private int _made;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _calls = new CallAudit(_world.Get<AuditTrail>(), new Dictionary<string, string> { ["run"] = "r" });
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ACallStandsBetweenItsTwoEntries()
    {
        (await CallAsync(Result.Done)).Problem.ShouldBeNull();

        var entries = await _world.EntriesAsync();
        entries.Select(entry => (string)entry["type"]!).ShouldBe(["call.begun", "call.ended"]);
        entries.Select(entry => (string)entry["links"]!["call"]!).Distinct().Count().ShouldBe(1);
        entries.ShouldAllBe(entry => (string)entry["links"]!["run"]! == "r");
        ((bool)entries[1]["facts"]!["ok"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task TheCallIsGivenTheIdOfItsEntries()
    {
        CallId? given = null;

        await _calls.CallAsync(
            "op.x",
            "target",
            details: null,
            (id, _) =>
            {
                given = id;
                return Task.FromResult(Result.Done);
            },
            default
        );

        var entries = await _world.EntriesAsync();
        entries.Select(entry => (string)entry["links"]!["call"]!).Distinct().ShouldBe([given.ToString()]);
    }

    [Theory]
    [InlineData(ProblemCode.Unavailable)]
    [InlineData(ProblemCode.Invalid)]
    [Trait("Threat", "T116")]
    public async Task WithoutAnEntryThereIsNoCall(ProblemCode code)
    {
        _world.Audit.Failing = new Problem(code, "the disk is full");

        var result = await CallAsync(Result.Done);

        result.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        _made.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task AnEntryThatIsTooLargeIsNoEntry()
    {
        var details = new JsonObject { ["all"] = new string('x', 70_000) };

        var result = await _calls.CallAsync(
            "op.x",
            "target",
            details,
            _ => Task.FromResult(Made(Result.Done)),
            default
        );

        result.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        _made.ShouldBe(0);
    }

    [Fact]
    public async Task AResultStandsAlsoWhenItsSecondEntryIsLate()
    {
        var result = await _calls.CallAsync(
            "op.x",
            "target",
            details: null,
            _ =>
            {
                _world.Audit.Failing = Problem.Unavailable("the disk is full");
                return Task.FromResult(Made(Result.Done));
            },
            default
        );

        result.Problem.ShouldBeNull();
        _made.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task AReasonIsOneShortLineOfWholeCharacters()
    {
        await CallAsync(Problem.Denied("line 1\r\nline 2\u001b[31m" + new string('x', 283) + "😀😀"));

        var ended = (await _world.EntriesAsync("call.ended")).ShouldHaveSingleItem()["facts"]!;
        ((bool)ended["ok"]!).ShouldBeFalse();
        ((string)ended["problem"]!).ShouldBe("Denied");
        ((string)ended["reason"]!).ShouldStartWith("line 1 line 2xxx");
        ((string)ended["reason"]!).Length.ShouldBeLessThanOrEqualTo(300);
    }

    [Fact]
    public async Task SourcesBeyondTheLimitAreCountedTogether()
    {
        var counter = _world.Get<RefusalCounter>();
        for (var source = 0; source < 1500; source++)
            counter.Count($"2001:db8::{source:x}", "Unauthenticated");

        await counter.FlushAsync(default);

        var last = await _world.Storage.Audit.ReadAsync(0, 2000, default);
        last.Count.ShouldBe(1001);
        last.Select(record => (string)JsonNode.Parse(record.Entry.Span)!["actor"]!).ShouldContain("source:others");
    }

    private Task<Result<Done>> CallAsync(Result<Done> result) =>
        _calls.CallAsync("op.x", "target", details: null, _ => Task.FromResult(Made(result)), default);

    private Result<Done> Made(Result<Done> result)
    {
        _made++;
        return result;
    }
}
