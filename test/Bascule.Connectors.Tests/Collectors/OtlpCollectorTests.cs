using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Json;
using Bascule.Simulators.Collectors;

namespace Bascule.Connectors.Tests.Collectors;

public sealed class OtlpCollectorTests : IAsyncLifetime, IDisposable
{
    private readonly SyslogStage _stage = new();
    private OtlpLogReceiver _receiver = null!;
    private ICollector _collector = null!;

    public async Task InitializeAsync()
    {
        _receiver = await OtlpLogReceiver.StartAsync(_stage.Authority);
        _collector = HttpStage.Otlp(_stage, _receiver.Url, "t0ken");
    }

    public async Task DisposeAsync()
    {
        await _collector.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task EachEntryIsARecordWithIndexAndLeafHash()
    {
        _receiver.Authorization = "Bearer t0ken";
        var entries = Entries.Many(7, 3);

        (await _collector.SendAsync(entries, default)).ShouldBe(new Sent.Acknowledged());

        _receiver.Received.Select(record => record.Body).ShouldBe(entries.Select(Entries.Text));
        var first = _receiver.Received[0];
        (first.Attributes["bascule.audit.index"], first.Attributes["bascule.audit.leaf_hash"]).ShouldBe(
            ("7", entries[0].LeafHash)
        );
        (first.Attributes["event.name"], first.Severity, first.Resource["service.name"]).ShouldBe(
            ("run.decided", 10, "bascule")
        );
        first.Time.ShouldBe("1795262400250000000");
    }

    /// <summary>printf %s d-0192f0c1a2b37c4d8e5f60718293a4b5 | sha256sum | cut -c1-32</summary>
    [Fact]
    public async Task AnEntryOfADeliveryIsInItsTrace()
    {
        var entry = new AuditEntry("delivery.accepted", "bascule")
        {
            Links = new Dictionary<string, string> { ["delivery"] = "d-0192f0c1a2b37c4d8e5f60718293a4b5" },
        };

        await _collector.SendAsync([new ShippedEntry(0, entry.ToCanonical(Entries.Noon)), Entries.Of(1)], default);

        _receiver.Received.Select(record => record.TraceId).ShouldBe(["56844b9751ece5f73443c8d61044134d", null]);
    }

    [Theory]
    [Trait("Threat", "T113")]
    [MemberData(nameof(Entries.Hostile), MemberType = typeof(Entries))]
    public async Task NoNameOfABranchIsMoreThanText(string wanted, string text)
    {
        var entry = Entries.Of(0, text);

        (await _collector.SendAsync([entry], default)).ShouldBe(new Sent.Acknowledged(), wanted);

        var record = _receiver.Received.ShouldHaveSingleItem();
        Shown.ShouldBeHarmless(record.Body);
        new ShippedEntry(0, CanonicalJson.Serialize(JsonNode.Parse(record.Body))).LeafHash.ShouldBe(entry.LeafHash);
    }

    [Fact]
    public async Task ARejectedRecordRefusesTheBatchForGood()
    {
        _receiver.Rejects = record => record.Attributes["bascule.audit.index"] == "1";

        var refused = (await _collector.SendAsync(Entries.Many(0, 3), default)).ShouldBeOfType<Sent.Refused>();

        refused.IsFinal.ShouldBeTrue();
        refused.Problem.Message.ShouldContain("1 rejected: \"body is not wanted\"");
    }

    [Fact]
    public async Task AWarningBesideASuccessIsHandedOn()
    {
        _receiver.AnswerNext(200, """{"partialSuccess":{"rejectedLogRecords":"0","errorMessage":"slow down"}}""");

        (await _collector.SendAsync([Entries.Of(0)], default)).ShouldBe(new Sent.Acknowledged("slow down"));
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(413, true)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(429, false)]
    [InlineData(503, false)]
    public async Task OnlySomeAnswersAreAboutTheEntries(int status, bool refused)
    {
        _receiver.AnswerNext(status);

        var sent = await _collector.SendAsync([Entries.Of(0)], default);

        (sent is Sent.Refused).ShouldBe(refused);
        (sent is Sent.Unknown).ShouldBe(!refused);
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("[]")]
    public async Task ASuccessThatIsNoAnswerOfOtlpAcknowledgesNothing(string body)
    {
        _receiver.AnswerNext(200, body);

        (await _collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();
    }

    [Fact]
    public async Task NoAnswerAcknowledgesNothing()
    {
        _receiver.GoOffline();

        (await _collector.SendAsync([Entries.Of(0)], default)).ShouldBeOfType<Sent.Unknown>();
    }
}
