using System.Text;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Personal;
using Bascule.Server.Sealing;
using Bascule.Storage;

namespace Bascule.Server.Tests.Personal;

public sealed class PersonalSealTests : IAsyncLifetime
{
    private const string Ada = "p-aaaaaaaaaaaaaaaa";
    private const string Bert = "p-bbbbbbbbbbbbbbbb";
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-personal-").FullName;
    private SqliteStorage _storage = null!;
    private MasterKey _master = null!;

    public async Task InitializeAsync()
    {
        _storage = await SqliteStorage.OpenAsync(Path.Combine(_folder, "b.db"), TimeProvider.System, default);
        _master = MasterKey.Open(Path.Combine(_folder, "master.key")).Value;
        await ApplyAsync(new SavePerson(APerson(Ada, "Ada Lovelace")), new SavePerson(APerson(Bert, "Bert")));
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        _master.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task AnEntryTellsWhoSomebodyIsToWhoeverHasTheKey()
    {
        var entry = await SealedAsync(Ada);

        entry.GetRawText().ShouldNotContain("Lovelace");
        var read = (await ReadAsync(entry)).ShouldNotBeNull();
        (read.Standing, read.Person, read.Name).ShouldBe(("read", Ada, "Ada Lovelace"));
        (read.Email, read.Issuer, read.Subject).ShouldBe(("ada@example.com", "https://id.example.com", Ada));
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task WithoutTheKeyTheEntryIsWholeAndSaysNothing()
    {
        var entry = await SealedAsync(Ada);

        await EraseAsync(Ada);

        (await ReadAsync(entry))!.ShouldSatisfyAllConditions(
            read => read.Standing.ShouldBe("erased"),
            read => read.Name.ShouldBeNull()
        );
        var refused = await Seal().AddAsync(Entry(Ada), Ada, new PersonFacts { Name = "again" }, default);
        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
    }

    [Theory]
    [InlineData("type", "first_admin.granted")]
    [InlineData("person", Bert)]
    [InlineData("sealed", "AAAA")]
    [InlineData("sealed", "no base64")]
    [InlineData("sealed", null)]
    [Trait("Threat", "T121")]
    public async Task WhatWasChangedOrMovedIsSaidAndNotShown(string member, string? value)
    {
        await SealedAsync(Bert);
        var entry = System.Text.Json.Nodes.JsonNode.Parse((await SealedAsync(Ada)).GetRawText())!;

        (member == "type" ? entry : entry["personal"]!)[member] = value;

        var read = (await ReadAsync(JsonSerializer.SerializeToElement(entry))).ShouldNotBeNull();
        (read.Standing, read.Name, read.Subject).ShouldBe(("damaged", null, null));
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task AListOfPeopleThatWasChangedSinceIsSaid()
    {
        var entry = await SealedAsync(Ada);
        await using (
            var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_folder, "b.db")}")
        )
        {
            await database.OpenAsync();
            await using var command = database.CreateCommand();
            command.CommandText = $"UPDATE person SET subject = 'mallory', name = 'Mallory' WHERE uid = '{Ada}'";
            await command.ExecuteNonQueryAsync();
        }

        var read = (await ReadAsync(entry)).ShouldNotBeNull();

        (read.Standing, read.Name).ShouldBe(("differs", "Ada Lovelace"));
    }

    [Fact]
    public async Task TwoReplicasSealUnderOneKey()
    {
        var entries = await Task.WhenAll(SealedAsync(Ada), SealedAsync(Ada));

        foreach (var entry in entries)
            (await ReadAsync(entry))!.Standing.ShouldBe("read");
    }

    /// <summary>Names come from outside: an entry is 65,535 bytes at most, and its length must not tell who it is.</summary>
    [Fact]
    [Trait("Threat", "T121")]
    public async Task WhatIsSealedIsNeverTooLongAndSaysNothingByItsLength()
    {
        var longest = string.Concat(Enumerable.Repeat("\u0001\U0001F600\ud800", 1000));
        var facts = PersonFacts.Of(APerson(Ada, longest) with { Email = longest });
        var sealedEntry = await Seal().AddAsync(Entry(Ada), Ada, facts, default);

        sealedEntry.Value.ToCanonical(Noon).Length.ShouldBeLessThan(20_000);
        facts.Write().Length.ShouldBe(facts.Write().Length / 256 * 256);
        new PersonFacts { Name = "Al" }
            .Write()
            .Length.ShouldBe(
                new PersonFacts { Name = "Alexandra" }
                    .Write()
                    .Length
            );
        Encoding.UTF8.GetString(new PersonFacts { Name = "Al" }.Write()).Trim().ShouldBe("{\"name\":\"Al\"}");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task TheSubjectOfWhoIsErasedIsNobodyNew()
    {
        var subjects = new ErasedSubjects(_master);
        var people = new KnownPeople(_storage.People, subjects);
        await EraseAsync(Ada);

        (await _storage.People.FindAsync(SubjectOf(Ada), default)).ShouldBeNull();
        var found = (await people.FindAsync(SubjectOf(Ada), default)).ShouldNotBeNull();

        (found.Uid, found.IsRetired, found.Name).ShouldBe((Ada, true, Person.ErasedName));
        (await people.FindAsync(SubjectOf("ada"), default)).ShouldBeNull();
        (await people.FindAsync(SubjectOf(Bert), default))!.Uid.ShouldBe(Bert);
    }

    private PersonalSeal Seal() => new(_master, _storage.PersonKeys, _storage.Work, TimeProvider.System);

    private async Task<JsonElement> SealedAsync(string person)
    {
        var known = (await _storage.People.FindAsync(person, default))!;
        var entry = await Seal().AddAsync(Entry(person), person, PersonFacts.Of(known), default);
        return JsonDocument.Parse(entry.Value.ToCanonical(Noon)).RootElement;
    }

    private Task<Core.Api.PersonalRecord?> ReadAsync(JsonElement entry) =>
        new PersonalReader(Seal(), _storage.People).ReadAsync(entry, default);

    private Task EraseAsync(string person) =>
        ApplyAsync(
            new RetirePerson(person, Noon),
            new ErasePerson(person, new ErasedSubjects(_master).Of(SubjectOf(person)), Noon)
        );

    private async Task ApplyAsync(params Core.Work.Change[] changes) =>
        (await _storage.Work.ApplyAsync(changes, default)).Problem.ShouldBeNull();

    private static AuditEntry Entry(string person) => new(AuditTypes.PersonSignedIn, $"person:{person}");

    private static Subject SubjectOf(string person) => new("https://id.example.com", person);

    private static Person APerson(string uid, string name) =>
        new(uid, SubjectOf(uid))
        {
            Name = name,
            Email = "ada@example.com",
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
