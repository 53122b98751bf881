using System.Text.Json;

namespace Bascule.Core.Audit.Searching;

/// <summary>What an entry can be found by: its id, its type, whom it was for, and each thing that it links; each as <c>name:value</c>.</summary>
public static class EntryTerms
{
    /// <summary>None of what somebody has changed into anything but an entry: to find that out is the verifier's.</summary>
    public static IReadOnlyList<string> Of(ReadOnlyMemory<byte> entry)
    {
        try
        {
            return Read(entry);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static string Write(string name, string value) => $"{name}:{value}";

    private static List<string> Read(ReadOnlyMemory<byte> entry)
    {
        List<string> terms = [];
        var reader = new Utf8JsonReader(entry.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name is "id" or "type" or "actor")
                Add(terms, name, ref reader);
            else if (name == "links" && reader.TokenType == JsonTokenType.StartObject)
                AddLinks(terms, ref reader);
            else
                reader.Skip();
        }
        return terms;
    }

    private static void AddLinks(List<string> terms, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            Add(terms, name, ref reader);
        }
    }

    private static void Add(List<string> terms, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            terms.Add(Write(name, reader.GetString()!));
        else
            reader.Skip();
    }
}
