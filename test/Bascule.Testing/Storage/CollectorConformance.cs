using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class CollectorConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task APositionIsReadAsItWasSaved()
    {
        var saved = new CollectorPosition("siem", 12)
        {
            Tries = 2,
            Failure = "it did not answer",
            FailingSince = Noon,
            RetryAt = Noon.AddSeconds(4),
            ShippedAt = Noon.AddMinutes(-1),
        };
        await ApplyAsync(new SaveCollector(saved, 0), new SaveCollector(new CollectorPosition("archive", 3), 0));

        (await Storage.Collectors.FindAsync("siem", None)).ShouldBe(saved);
        (await Storage.Collectors.ListAsync(None)).Select(one => one.Name).ShouldBe(["archive", "siem"]);
        (await Storage.Collectors.FindAsync("other", None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OfTwoThatShipForOneCollectorOneStoresNothing()
    {
        await ApplyAsync(new SaveCollector(new CollectorPosition("siem", 5), 0));
        await ApplyAsync(new SaveCollector(new CollectorPosition("siem", 9), 5));

        await ShouldConflictAsync(new SaveCollector(new CollectorPosition("siem", 7), 5));
        await ShouldConflictAsync(new SaveCollector(new CollectorPosition("siem", 7), 0));

        (await Storage.Collectors.FindAsync("siem", None))!.Next.ShouldBe(9);
    }

    [Fact]
    public async Task OnlyWhatIsSetAsideIsTakenFromTheList()
    {
        await ApplyAsync(
            new SaveCollector(new CollectorPosition("siem", 9), 0),
            new SaveCollectorLetter(ALetter(7)),
            new RemoveCollectorLetter("siem", 7)
        );

        await ShouldConflictAsync(new RemoveCollectorLetter("siem", 7));
    }

    [Fact]
    [Trait("Threat", "T122")]
    public async Task WhatWasSetAsideIsNotAcknowledged()
    {
        await ApplyAsync(
            new SaveCollector(new CollectorPosition("siem", 9), 0),
            new SaveCollectorLetter(ALetter(7)),
            new SaveCollectorLetter(ALetter(3))
        );

        var position = (await Storage.Collectors.FindAsync("siem", None))!;
        (position.Letters, position.FirstLetter, position.Acknowledged).ShouldBe((2, 3, 3));

        await ApplyAsync(new RemoveCollectorLetter("siem", 3), new RemoveCollectorLetter("siem", 7));
        (await Storage.Collectors.FindAsync("siem", None))!.Acknowledged.ShouldBe(9);
    }

    [Fact]
    public async Task LettersAreReadInTheOrderOfTheLog()
    {
        await ApplyAsync(
            new SaveCollector(new CollectorPosition("siem", 9), 0),
            new SaveCollector(new CollectorPosition("other", 9), 0),
            new SaveCollectorLetter(ALetter(7)),
            new SaveCollectorLetter(ALetter(3)),
            new SaveCollectorLetter(ALetter(1) with { Collector = "other" })
        );
        await ApplyAsync(new SaveCollectorLetter(ALetter(7) with { Reason = "still", Tries = 6 }));

        var letters = await Storage.Collectors.ListLettersAsync("siem", 10, None);

        letters.ShouldBe([ALetter(3), ALetter(7) with { Reason = "still", Tries = 6 }]);
        (await Storage.Collectors.ListLettersAsync("siem", 1, None)).ShouldBe([ALetter(3)]);
    }

    [Fact]
    public async Task AReplayIsAskedForOneOrForAll()
    {
        await ApplyAsync(
            new SaveCollector(new CollectorPosition("siem", 9), 0),
            new SaveCollectorLetter(ALetter(3)),
            new SaveCollectorLetter(ALetter(7))
        );
        (await Storage.Collectors.FindReplayAsync("siem", None)).ShouldBeNull();

        await ApplyAsync(new AskCollectorReplay("siem", 7, Noon));
        (await Storage.Collectors.FindReplayAsync("siem", None)).ShouldBe(ALetter(7) with { ReplayAt = Noon });

        await ApplyAsync(new AskCollectorReplay("siem", null, Noon));
        (await Storage.Collectors.FindReplayAsync("siem", None))!.Index.ShouldBe(3);
    }

    [Fact]
    public async Task WithoutLettersNothingIsReplayed()
    {
        await ApplyAsync(new SaveCollector(new CollectorPosition("siem", 9), 0));

        foreach (long? index in new long?[] { null, 3 })
            (await Storage.Work.ApplyAsync([new AskCollectorReplay("siem", index, Noon)], None))
                .Problem.ShouldNotBeNull()
                .Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task TheEntriesOfTheLogAreCounted()
    {
        (await Storage.Collectors.CountEntriesAsync(None)).ShouldBe(0);
        await Storage.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), None);
        await Storage.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), None);

        (await Storage.Collectors.CountEntriesAsync(None)).ShouldBe(2);
    }

    private static CollectorLetter ALetter(long index) => new("siem", index, "too large", 5, Noon);
}
