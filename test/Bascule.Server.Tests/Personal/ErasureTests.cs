using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.People;
using Bascule.Server.People;
using Bascule.Server.Personal;
using Bascule.Server.Tests.Accounts;
using Bascule.Server.Tests.Audit;
using Bascule.Storage.Snapshots;

namespace Bascule.Server.Tests.Personal;

/// <summary>The whole server, with somebody who signs in, links an account and leaves.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Login = "erika-7f3a9c";
    private const string Name = "Erika Muster-51bd";
    private const string Email = "erika.muster@mail-90e2.example";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly AccountStage _stage = new();
    private readonly string _copies = Directory.CreateTempSubdirectory("bascule-copies-").FullName;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        Directory.Delete(_copies, recursive: true);
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task ErasingLeavesTheLogValidAndNoTraceOfThePerson()
    {
        var person = await ComeAsync();
        await using var before = await CopyAsync("before");
        var entries = await ReadAsync();
        (await RetireAsync(person)).ShouldBeTrue();

        var erased = await _stage.Get<Erasure>().EraseAsync(person.Uid, "they asked for it", "operator", default);
        (erased.Value.Person, erased.Value.Again).ShouldBe((person.Uid, false));

        await using var after = await CopyAsync("after");
        var verdict = await VerifyAsync(after, await CheckpointAsync(before));
        verdict.IsVerified.ShouldBeTrue(string.Join("; ", verdict.Findings.Select(finding => finding.Message)));
        verdict.Entries.ShouldBeGreaterThan(entries.Count);
        (await StandingsAsync()).ShouldAllBe(standing => standing == "erased");
        await _stage.StopAsync();
        Traces(_stage.DataFolder).ShouldBeEmpty();
        Traces(_copies, "after").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task TheEntriesSayWhoItWasUntilThen()
    {
        await ComeAsync();

        var entries = await ReadAsync();

        var types = entries.Where(entry => entry.TryGetProperty("personal", out _)).Select(TypeOf).Distinct();
        types.ShouldBe([AuditTypes.PersonSignedIn, AuditTypes.AccountLinked]);
        foreach (var entry in entries)
        {
            foreach (var trace in (string[])[Name, Email, Login])
                entry.GetRawText().ShouldNotContain(trace);
            if (entry.TryGetProperty("personal", out _))
                new EntrySchema().Judge(JsonNode.Parse(entry.GetRawText())!.AsObject()).ShouldBeEmpty();
        }
        var reader = _stage.Get<PersonalReader>();
        var signedIn = await reader.ReadAsync(
            entries.First(entry => TypeOf(entry) == AuditTypes.PersonSignedIn),
            default
        );
        (signedIn!.Name, signedIn.Email, signedIn.Subject).ShouldBe((Name, Email, Login));
        var linked = await reader.ReadAsync(entries.First(entry => TypeOf(entry) == AuditTypes.AccountLinked), default);
        (linked!.Login, linked.Forge).ShouldBe((Login, _stage.Uid("gogs")));
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task ALegalHoldRefusesAndSaysWhose()
    {
        var person = await ComeAsync();
        var erasure = _stage.Get<Erasure>();
        await RetireAsync(person);
        (await erasure.HoldAsync(person.Uid, "case 7", "person:p-admin", default)).Problem.ShouldBeNull();

        var refused = await erasure.EraseAsync(person.Uid, "they asked", "operator", default);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        foreach (var told in (string[])["person:p-admin", "case 7", $"bascule person release {person.Uid}"])
            refused.Problem.Message.ShouldContain(told);
        (await _stage.EntriesAsync(AuditTypes.PersonErased)).ShouldBeEmpty("nothing was done");
        (await StandingsAsync()).ShouldAllBe(standing => standing == "read");
        (await erasure.ReleaseAsync(person.Uid, "closed", "operator", default)).Problem.ShouldBeNull();
        (await erasure.EraseAsync(person.Uid, "they asked", "operator", default)).Problem.ShouldBeNull();
        (await erasure.EraseAsync(person.Uid, "they asked", "operator", default)).Value.Again.ShouldBeTrue();
        (await _stage.EntriesAsync(AuditTypes.PersonErased)).ShouldHaveSingleItem("and once alone");
    }

    [Fact]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T121")]
    public async Task WhoIsErasedStaysOutAndIsNotWrittenDownAgain()
    {
        var person = await ComeAsync();
        await RetireAsync(person);
        await _stage.Get<Erasure>().EraseAsync(person.Uid, "they asked", "operator", default);
        var signIns = (await _stage.EntriesAsync(AuditTypes.PersonSignedIn)).Count;

        var (visitor, found) = await _stage.SignInAsync(Login, Claims);

        visitor.SessionCookie.ShouldBeNull();
        visitor.Page.ShouldContain("was retired here");
        found.ShouldSatisfyAllConditions(
            one => one.Uid.ShouldBe(person.Uid),
            one => (one.Name, one.Email).ShouldBe((Person.ErasedName, null)),
            one => one.IsRetired.ShouldBeTrue()
        );
        (await _stage.EntriesAsync(AuditTypes.PersonSignedIn)).Count.ShouldBe(signIns);
        (await RetireAsync(person)).ShouldBeTrue("once more changes nothing");
        (await _stage.Get<IPeopleStore>().ListAsync(100, default)).ShouldNotContain(one => one.Name == Name);
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task ABackupFromBeforeDoesNotBringThemBack()
    {
        var person = await ComeAsync();
        await using (await CopyAsync("before"))
            await RetireAsync(person);
        await _stage.Get<Erasure>().EraseAsync(person.Uid, "they asked", "operator", default);
        await _stage.StopAsync();
        File.Delete(_stage.DatabaseFile);
        var (place, file) = (new SqlitePlace(_stage.DatabaseFile), Path.Combine(_copies, "before"));
        (await new Snapshots(TimeProvider.System, "1.2.3").RestoreAsync(place, file, default)).Problem.ShouldBeNull();

        await _stage.StartAsync();

        var found = (await _stage.Get<IPeopleStore>().FindAsync(person.Subject, default)).ShouldNotBeNull();
        (found.Uid, found.Name, found.IsRetired).ShouldBe((person.Uid, Person.ErasedName, true));
        (await StandingsAsync()).ShouldAllBe(standing => standing == "erased");
        var entry = (await _stage.EntriesAsync(AuditTypes.PersonErased)).ShouldHaveSingleItem();
        ((string)entry["actor"]!).ShouldBe("bascule");
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "why", ProblemCode.Invalid)]
    [InlineData("p-nobody", "why", ProblemCode.NotFound)]
    [InlineData("https://id.example.com#nobody", "why", ProblemCode.NotFound)]
    [InlineData("SELF", " \n ", ProblemCode.Invalid)]
    [InlineData("SELF", "why", ProblemCode.Conflict)]
    [Trait("Threat", "T121")]
    public async Task NobodyIsErasedWhoIsNotMeantOrNotRetired(string who, string because, ProblemCode expected)
    {
        var person = await ComeAsync();

        var refused = await _stage
            .Get<Erasure>()
            .EraseAsync(who == "SELF" ? person.Uid : who, because, "operator", default);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(expected);
        (await _stage.Get<IPeopleStore>().FindAsync(person.Uid, default))!.Name.ShouldBe(Name);
    }

    private static void Claims(JsonObject claims) => (claims["name"], claims["email"]) = (Name, Email);

    private async Task<Person> ComeAsync()
    {
        var (visitor, person) = await _stage.PersonAsync(Login, Claims);
        var code = await AccountStage.CodeAsync(visitor, "gogs");
        await AccountStage.ProveAsync(visitor, "gogs", _stage.Write("gogs", Login, code).Address);
        (await _stage.LinksAsync(person)).ShouldHaveSingleItem().Login.ShouldBe(Login);
        return person;
    }

    private async Task<bool> RetireAsync(Person person) =>
        (await _stage.Get<Retirement>().RetireAsync(person.Uid, "operator", default)).Value.Confirmed;

    private async Task<IReadOnlyList<JsonElement>> ReadAsync() =>
        [
            .. (await _stage.Get<IAuditLog>().ReadAsync(0, 500, default)).Select(record =>
                JsonDocument.Parse(record.Entry).RootElement
            ),
        ];

    private async Task<IReadOnlyList<string>> StandingsAsync()
    {
        List<string> standings = [];
        foreach (var entry in await ReadAsync())
            if (await _stage.Get<PersonalReader>().ReadAsync(entry, default) is { } read)
                standings.Add(read.Standing);
        standings.Count.ShouldBeGreaterThan(1);
        return standings;
    }

    /// <summary>A backup, once a checkpoint covers all entries that there are now.</summary>
    private async Task<BackupLog> CopyAsync(string name)
    {
        var count = (await ReadAsync()).Count;
        var waited = Stopwatch.StartNew();
        while (await _stage.Get<ILogStore>().ListAsync(default) is not [{ } log] || log.PublishedSize < count)
        {
            waited.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(50);
        }
        var (file, place) = (Path.Combine(_copies, name), new SqlitePlace(_stage.DatabaseFile));
        (await new Snapshots(TimeProvider.System, "1.2.3").BackUpAsync(place, file, default)).Problem.ShouldBeNull();
        return (await BackupLog.OpenAsync(file, log: null, default)).Value;
    }

    private static async Task<SignedNote> CheckpointAsync(BackupLog log) =>
        SignedNote.Parse((await log.ReadCheckpointAsync(default)).Value.Span).ShouldNotBeNull();

    private async Task<LogVerdict> VerifyAsync(BackupLog log, SignedNote earlier)
    {
        var stored = (await _stage.Get<ILogStore>().ListAsync(default))[0];
        var key = NoteKey.Of(stored.Origin, NoteKeyType.Ed25519, stored.PublicKey);
        var expected = new LogExpectation(key) { Earlier = [new EarlierCheckpoint("the former one", earlier)] };
        return (await LogVerifier.VerifyAsync(log, expected, default)).Value;
    }

    /// <summary>Files, and what of the person is in them.</summary>
    private static List<string> Traces(string folder, string pattern = "*")
    {
        var traces = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file).AsSpan();
            foreach (var trace in (string[])[Name, Email, Login])
                if (bytes.IndexOf(Encoding.UTF8.GetBytes(trace)) >= 0)
                    traces.Add($"{Path.GetFileName(file)} has '{trace}'");
        }
        return traces;
    }

    private static string TypeOf(JsonElement entry) => entry.GetProperty("type").GetString()!;
}
