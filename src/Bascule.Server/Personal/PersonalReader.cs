using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Server.Console;

namespace Bascule.Server.Personal;

/// <summary>Says who is behind the pseudonyms of entries, to whoever may see people. What was changed is said and not shown.</summary>
internal sealed partial class PersonalReader(PersonalSeal seal, IPeopleStore people)
{
    public async Task<AuditEntryList> AddAsync(AuditEntryList list, CancellationToken cancellationToken)
    {
        List<AuditEntryRecord> entries = [];
        foreach (var record in list.Entries)
            entries.Add(record with { Personal = await ReadAsync(record.Entry, cancellationToken) });
        return list with
        {
            Entries = entries,
            People = await NamesAsync(
                people,
                list.Entries.Select(record => record.Entry.GetRawText()),
                cancellationToken
            ),
        };
    }

    /// <summary>Null for an entry that says it of nobody.</summary>
    public async Task<PersonalRecord?> ReadAsync(JsonElement entry, CancellationToken cancellationToken)
    {
        if (!entry.TryGetProperty(PersonalPart.Member, out _))
            return null;
        if (PersonalPart.Find(entry) is not { } part || TypeOf(entry) is not { } type)
            return new PersonalRecord { Person = "", Standing = "damaged" };
        var record = new PersonalRecord { Person = Show.Line(part.Person), Standing = "damaged" };
        try
        {
            if (await seal.FindKeyAsync(part.Person, cancellationToken) is not { } key)
                return record with { Standing = "erased" };
            return PersonalSeal.Open(key, type, part) is { } facts
                ? await ShowAsync(record, facts, cancellationToken)
                : record;
        }
        catch (CryptographicException)
        {
            return record;
        }
    }

    /// <summary>What the people are called now that entries speak of, by pseudonym; who is not known is left out.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> NamesAsync(
        IPeopleStore people,
        IEnumerable<string> texts,
        CancellationToken cancellationToken
    )
    {
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var uid in texts.SelectMany(text => Pseudonyms().Matches(text)).Select(match => match.Value).Distinct()
        )
            if (await people.FindAsync(uid, cancellationToken) is { } person)
                names[uid] = Show.Line(person.Name);
        return names;
    }

    private async Task<PersonalRecord> ShowAsync(
        PersonalRecord record,
        PersonFacts facts,
        CancellationToken cancellationToken
    )
    {
        var now = await people.FindAsync(record.Person, cancellationToken);
        return record with
        {
            Standing = now is null || facts.IsOf(now.Subject) ? "read" : "differs",
            Issuer = Line(facts.Issuer),
            Subject = Line(facts.Subject),
            Name = Line(facts.Name),
            Email = Line(facts.Email),
            Forge = Line(facts.Forge),
            Login = Line(facts.Login),
        };
    }

    private static string? TypeOf(JsonElement entry) =>
        entry.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static string? Line(string? text) => text is null ? null : Show.Line(text);

    [GeneratedRegex(@"\b[pw]-[a-z2-7]{16}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Pseudonyms();
}
