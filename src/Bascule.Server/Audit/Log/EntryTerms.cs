using System.Text.Json;

namespace Bascule.Server.Audit.Log;

/// <summary>What an entry can be found by: its id, its type, whom it was for, and each thing that it links.</summary>
internal static class EntryTerms
{
    public static IEnumerable<string> Of(ReadOnlyMemory<byte> entry)
    {
        using var document = JsonDocument.Parse(entry);
        var root = document.RootElement;
        List<string> terms = [];
        foreach (var name in (string[])["id", "type", "actor"])
        {
            if (root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                terms.Add(Write(name, value.GetString()!));
        }
        if (root.TryGetProperty("links", out var links) && links.ValueKind == JsonValueKind.Object)
            terms.AddRange(
                links
                    .EnumerateObject()
                    .Where(link => link.Value.ValueKind == JsonValueKind.String)
                    .Select(link => Write(link.Name, link.Value.GetString()!))
            );
        return terms;
    }

    public static string Write(string name, string value) => $"{name}:{value}";
}
