using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Json;
using Bascule.Simulators.Collectors;

namespace Bascule.Connectors.Tests.Collectors;

public sealed class HttpCollectorTests : IAsyncLifetime, IDisposable
{
    private readonly SyslogStage _stage = new();
    private LineReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await LineReceiver.StartAsync(_stage.Authority);

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task EachEntryIsALineWithIndexAndLeafHash()
    {
        _receiver.Demands = new Dictionary<string, string> { ["X-Api-Key"] = "s3cret" };
        var headers = new Dictionary<string, Secret> { ["X-Api-Key"] = new("s3cret") };
        await using var collector = HttpStage.Lines(_stage, _receiver.Url, headers);
        var entries = Entries.Many(7, 3);

        (await collector.SendAsync(entries, default)).ShouldBe(new Sent.Acknowledged());

        _receiver.Received.Select(line => (long)line["index"]!).ShouldBe([7, 8, 9]);
        _receiver.Received.Select(line => (string)line["leaf_hash"]!).ShouldBe(entries.Select(one => one.LeafHash));
        _receiver.Received.Select(line => line["entry"]!.ToJsonString()).ShouldBe(entries.Select(Plain));
    }

    [Theory]
    [Trait("Threat", "T113")]
    [MemberData(nameof(Entries.Hostile), MemberType = typeof(Entries))]
    public async Task NoNameOfABranchMakesALineOfItsOwn(string wanted, string text)
    {
        await using var collector = HttpStage.Lines(_stage, _receiver.Url);
        var entry = Entries.Of(0, text);

        (await collector.SendAsync([entry, Entries.Of(1)], default)).ShouldBe(new Sent.Acknowledged(), wanted);

        _receiver.Received.Count.ShouldBe(2);
        _receiver.Received[0].Count.ShouldBe(3);
        var copy = CanonicalJson.Serialize(_receiver.Received[0]["entry"]);
        new ShippedEntry(0, copy).LeafHash.ShouldBe(entry.LeafHash);
        Shown.ShouldBeHarmless(EntryLine.Of(entry));
    }

    [Theory]
    [InlineData(422, true)]
    [InlineData(403, false)]
    [InlineData(500, false)]
    [InlineData(302, false)]
    public async Task OnlySomeAnswersAreAboutTheEntries(int status, bool refused)
    {
        await using var collector = HttpStage.Lines(_stage, _receiver.Url);
        _receiver.AnswerNext(status);

        var sent = await collector.SendAsync([Entries.Of(0)], default);

        (sent is Sent.Refused).ShouldBe(refused);
        (sent is Sent.Unknown).ShouldBe(!refused);
    }

    [Fact]
    public async Task ACertificateOfAnotherAuthorityGetsNothing()
    {
        using var other = new SyslogStage();
        await using var collector = HttpStage.Lines(other, _receiver.Url);

        (await collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();

        _receiver.Asked.ShouldBeEmpty();
    }

    private static string Plain(ShippedEntry entry) => JsonNode.Parse(Entries.Text(entry))!.ToJsonString();
}
