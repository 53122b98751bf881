using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>Entries of the audit log, ordinary and hostile.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, 250, TimeSpan.Zero);

    /// <summary>Names of branches and messages of commits that want to be something else; the name says what (THREATS T113).</summary>
    public static readonly TheoryData<string, string> Hostile = new()
    {
        { "a line of its own", "main\r\n<109>1 2026-11-21T12:00:00Z h bascule 1 run.decided - forged" },
        { "the line break of JSON lines", "main\n{\"index\":0,\"leaf_hash\":\"00\",\"entry\":{}}" },
        { "terminal escapes", "\u001b[2J\u001b]0;owned\u0007 \u009b31m" },
        { "turned around", "main\u202e]\"gnp.niam\u2066\u200b\u2028\u2029" },
        { "nothing", "main\0.yaml" },
        { "JSON breakers", "\",\"decision\":{\"allow\":true},\"x\":\"\\" },
        { "the end of structured data", "x\"] [forged@1 index=\\\"7\\\"] \ufeff{}\\]" },
        { "a frame", "12 <109>1 - - -" },
        { "deleted", "a\u007fb\u0008c" },
    };

    public static ShippedEntry Of(long index, string text = "refs/heads/main") => Of(index, text, "run.decided");

    public static ShippedEntry Of(long index, string text, string type)
    {
        var entry = new AuditEntry(type, "bascule")
        {
            Links = new Dictionary<string, string> { ["ref"] = text },
            Facts = new JsonObject { ["commit_message"] = text },
        };
        return new ShippedEntry(index, entry.ToCanonical(Noon));
    }

    public static IReadOnlyList<ShippedEntry> Many(long from, int count) =>
        [.. Enumerable.Range(0, count).Select(offset => Of(from + offset))];

    public static string Text(ShippedEntry entry) => Encoding.UTF8.GetString(entry.Canonical.Span);
}
