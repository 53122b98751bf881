using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Audit;
using Bascule.Server.Personal;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Personal;

public sealed class ErasureMemoryTests : IDisposable
{
    private const string Ada = "p-aaaaaaaaaaaaaaaa";
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Subject Afterwards = new(Person.ErasedIssuer, "digest");
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-erased-").FullName;

    private string MemoryFile => Path.Combine(_folder, ErasureMemory.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Threat", "T121")]
    public async Task TheFileNamesNobodyAndOnlyItsOwnerReadsIt()
    {
        await EraseAsync();

        (await File.ReadAllTextAsync(MemoryFile)).ShouldBe($"{Ada} digest {Noon.ToUnixTimeMilliseconds()}\n");
        File.GetUnixFileMode(MemoryFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task WhoAnOlderCopyStillKnowsIsErasedOnce()
    {
        await EraseAsync();
        await using var older = await ServerWorld.OpenAsync();
        await older.ApplyAsync(new SavePerson(APerson()));

        (await Memory(older).ApplyAsync(default)).Problem.ShouldBeNull();
        (await Memory(older).ApplyAsync(default)).Problem.ShouldBeNull();

        var found = (await older.Storage.People.FindAsync(Ada, default)).ShouldNotBeNull();
        (found.Name, found.Subject, found.IsRetired).ShouldBe((Person.ErasedName, Afterwards, true));
        (await older.EntriesAsync()).Count(Erases).ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoAnOlderCopyDoesNotKnowYetIsRefusedInIt()
    {
        await EraseAsync();
        await using var older = await ServerWorld.OpenAsync();

        (await Memory(older).ApplyAsync(default)).Problem.ShouldBeNull();

        (await older.Storage.People.FindAsync(Afterwards, default))!.IsRetired.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task ALegalHoldOfTheCopyWins()
    {
        await EraseAsync();
        await using var older = await ServerWorld.OpenAsync();
        var hold = new LegalHold(Ada, "case 7", "operator", Noon);
        await older.ApplyAsync(new SavePerson(APerson()), new PlaceLegalHold(hold));

        (await Memory(older).ApplyAsync(default)).Problem.ShouldBeNull();

        (await older.Storage.People.FindAsync(Ada, default))!.Name.ShouldBe("Ada");
        (await older.EntriesAsync()).Any(Erases).ShouldBeFalse();
    }

    [Fact]
    public async Task WhatIsNoLineOfOursIsLeftAlone()
    {
        await File.WriteAllTextAsync(MemoryFile, "\n# a note\np- x y\n");
        await using var world = await ServerWorld.OpenAsync();

        (await Memory(world).ApplyAsync(default)).Problem.ShouldBeNull();

        (await world.Storage.PersonKeys.ListErasedAsync(default)).ShouldBeEmpty();
    }

    private async Task EraseAsync()
    {
        await using var world = await ServerWorld.OpenAsync();
        await world.ApplyAsync(
            new SavePerson(APerson()),
            new RetirePerson(Ada, Noon),
            new ErasePerson(Ada, Afterwards, Noon)
        );
        await Memory(world).RememberAsync(default);
    }

    private ErasureMemory Memory(ServerWorld world) =>
        new(
            MemoryFile,
            world.Storage.PersonKeys,
            world.Storage.People,
            world.Storage.Work,
            world.Get<AuditTrail>(),
            NullLogger<ErasureMemory>.Instance
        );

    private static bool Erases(System.Text.Json.Nodes.JsonObject entry) =>
        (string)entry["type"]! == AuditTypes.PersonErased;

    private static Person APerson() =>
        new(Ada, new Subject("https://id.example.com", "ada"))
        {
            Name = "Ada",
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
