using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Audit.Verifying;

[Trait("Threat", "T119")]
public sealed class EntryFormTests
{
    private const string Good =
        "{\"actor\":\"bascule\",\"decision\":{\"allow\":true,\"reason\":\"r\",\"rule\":\"s\"},\"facts\":{\"a\":[1]},\"id\":\"0123456789abcdef0123456789abcdef\",\"links\":{\"run\":\"r1\"},\"spooled_at\":\"2026-11-21T08:00:00.000Z\",\"time\":\"2026-11-21T08:00:00.000Z\",\"type\":\"call.begun\",\"v\":1}";

    [Fact]
    public void AcceptsWhatTheServerWrites()
    {
        var entry = new AuditEntry(AuditTypes.RunDecided, "person:p-1")
        {
            Links = new Dictionary<string, string> { ["run"] = "r\n\u00e9" },
            Decision = new AuditDecision(Allow: false, "rule", ""),
            Facts = new() { ["n"] = 1, ["list"] = new System.Text.Json.Nodes.JsonArray(null, "x", true) },
        };

        EntryForm.FaultOf(entry.ToCanonical(DateTimeOffset.UnixEpoch)).ShouldBeNull();
        FaultOf(Good).ShouldBeNull();
        FaultOf(Good.Replace("\"v\":1", "\"v\":1,\"w\":{\"later\":[]}", StringComparison.Ordinal)).ShouldBeNull();
        EntryForm.FaultOf(WrittenLog.Entry(0)).ShouldBeNull();
    }

    [Theory]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("\"v\":1", "\"v\":1.0")]
    [InlineData(",\"v\":1", "")]
    [InlineData("\"id\":\"0", "\"id\":\"G")]
    [InlineData("\"id\":\"0", "\"id\":\"")]
    [InlineData("\"time\":\"2026-11-21T08:00:00.000Z\"", "\"time\":\"2026-11-21 08:00:00.000Z\"")]
    [InlineData("\"time\":\"2026", "\"time\":\"x026")]
    [InlineData("\"type\":\"call.begun\"", "\"type\":\"\"")]
    [InlineData("\"actor\":\"bascule\"", "\"actor\":null")]
    [InlineData("\"links\":{\"run\":\"r1\"}", "\"links\":{\"run\":1}")]
    [InlineData("\"links\":{\"run\":\"r1\"}", "\"links\":[]")]
    [InlineData("\"facts\":{\"a\":[1]}", "\"facts\":[]")]
    [InlineData("\"allow\":true,", "")]
    [InlineData("\"allow\":true", "\"allow\":null")]
    [InlineData("\"rule\":\"s\"", "\"rule\":5")]
    [InlineData("\"spooled_at\":\"2026", "\"spooled_at\":\"now")]
    [InlineData("{\"actor\"", "{ \"actor\"")]
    [InlineData("\"v\":1}", "\"v\":1}\n")]
    [InlineData("\"v\":1}", "\"v\":1")]
    public void RefusesWhatIsNoEntry(string part, string other)
    {
        Good.ShouldContain(part);

        FaultOf(Good.Replace(part, other, StringComparison.Ordinal)).ShouldNotBeNull();
    }

    private static string? FaultOf(string entry) => EntryForm.FaultOf(Encoding.UTF8.GetBytes(entry));
}
