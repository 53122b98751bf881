using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Identity;
using Bascule.Core.Json;
using Bascule.Core.People;

namespace Bascule.Server.Personal;

/// <summary>What an entry says of a person: who they are at their issuer, or at a forge. Others wrote it, so its length is bounded.</summary>
internal sealed record PersonFacts
{
    private const int Longest = 500;

    /// <summary>In bytes. What is sealed is as long as a multiple of it, so that the length does not tell one person from another.</summary>
    private const int Step = 256;

    public string? Issuer { get; init; }
    public string? Subject { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }

    /// <summary>The forge's uid, where it is about an account there.</summary>
    public string? Forge { get; init; }
    public string? Login { get; init; }

    public static PersonFacts Of(Person person) =>
        new()
        {
            Issuer = Bounded(person.Subject.Issuer),
            Subject = Bounded(person.Subject.Id),
            Name = Bounded(person.Name),
            Email = person.Email is null ? null : Bounded(person.Email),
        };

    public static PersonFacts Of(ForgeLink link) => new() { Forge = link.ForgeUid, Login = Bounded(link.Login) };

    /// <summary>Whether this names the same subject, as far as it names one.</summary>
    public bool IsOf(Subject subject) =>
        Issuer is null || (Issuer == Bounded(subject.Issuer) && Subject == Bounded(subject.Id));

    public byte[] Write()
    {
        var json = new JsonObject();
        foreach (var (name, value) in Members())
            if (value is not null)
                json[name] = value;
        var text = CanonicalJson.Serialize(json);
        var padded = new byte[(text.Length + Step - 1) / Step * Step];
        padded.AsSpan().Fill((byte)' ');
        text.CopyTo(padded, 0);
        return padded;
    }

    /// <exception cref="JsonException">It is nothing that <see cref="Write"/> wrote.</exception>
    public static PersonFacts Read(ReadOnlySpan<byte> text)
    {
        var json = JsonSerializer.Deserialize(text, PersonFactsJson.Default.DictionaryStringString) ?? [];
        return new PersonFacts
        {
            Issuer = json.GetValueOrDefault("issuer"),
            Subject = json.GetValueOrDefault("subject"),
            Name = json.GetValueOrDefault("name"),
            Email = json.GetValueOrDefault("email"),
            Forge = json.GetValueOrDefault("forge"),
            Login = json.GetValueOrDefault("login"),
        };
    }

    private IEnumerable<(string Name, string? Value)> Members() =>
        [
            ("issuer", Issuer),
            ("subject", Subject),
            ("name", Name),
            ("email", Email),
            ("forge", Forge),
            ("login", Login),
        ];

    /// <summary>By runes, because half a surrogate pair has no canonical form.</summary>
    private static string Bounded(string text)
    {
        var bounded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (bounded.Length >= Longest)
                break;
            bounded.Append(rune);
        }
        return bounded.ToString();
    }
}
