using System.Text;
using System.Text.Json.Nodes;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary>Reads the audit log that a killed Bascule left behind.</summary>
internal static class AuditReading
{
    private const int Page = 500;

    /// <summary>Indexes have no gap, and every launch that the platform took was written down before it was made.</summary>
    public static async Task CheckAsync(BasculeStage stage)
    {
        var entries = await ReadAsync(stage);
        var announced = entries
            .Where(entry => entry["type"]!.GetValue<string>() == "call.begun")
            .Select(entry => entry["facts"]!["details"]?["idempotency_token"]?.GetValue<string>())
            .ToHashSet();
        foreach (var launch in stage.Databricks.Submitted)
            announced.ShouldContain(launch.IdempotencyToken);
    }

    public static async Task<IReadOnlyList<JsonNode>> ReadAsync(BasculeStage stage)
    {
        await using var storage = await stage.OpenStorageAsync();
        var entries = new List<JsonNode>();
        while (true)
        {
            var records = await storage.Audit.ReadAsync(entries.Count, Page, CancellationToken.None);
            foreach (var record in records)
            {
                record.Index.ShouldBe(entries.Count);
                entries.Add(JsonNode.Parse(Encoding.UTF8.GetString(record.Entry.Span))!);
            }
            if (records.Count == 0)
                return entries;
        }
    }
}
