using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Core.Audit;

/// <summary>
/// Whom an entry's pseudonym stands for, as ciphertext under a key of that person alone. The entry's hash covers the ciphertext: whoever lost the key, because
/// the person was erased, verifies the log as before (THREATS T121).
/// </summary>
/// <param name="Person">The pseudonym.</param>
public sealed record PersonalPart(string Person, ReadOnlyMemory<byte> Sealed)
{
    /// <summary>The member of an entry that holds it.</summary>
    public const string Member = "personal";

    public JsonObject ToJson() => new() { ["person"] = Person, ["sealed"] = Convert.ToBase64String(Sealed.Span) };

    /// <summary>Null where there is none, or none that anybody could read.</summary>
    /// <param name="entry">The whole entry.</param>
    public static PersonalPart? Find(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty(Member, out var part)
        && part.ValueKind == JsonValueKind.Object
        && part.TryGetProperty("person", out var person)
        && person.ValueKind == JsonValueKind.String
        && part.TryGetProperty("sealed", out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetBytesFromBase64(out var bytes)
            ? new PersonalPart(person.GetString()!, bytes)
            : null;
}
