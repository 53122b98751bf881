using Bascule.Core.Reports;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ReportStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task WhatWasWrittenLastInAPlaceIsFound()
    {
        var report = new Report(Sample.Repository, "comment:pull:7", 12, "digest", "waiting");
        await ApplyAsync(new SaveReport(report));
        (await FindAsync("comment:pull:7")).ShouldBe(report);
        await ApplyAsync(new SaveReport(report with { Digest = "other", Verdict = "green", ForgeId = null }));
        (await FindAsync("comment:pull:7")).ShouldBe(
            report with
            {
                Digest = "other",
                Verdict = "green",
                ForgeId = null,
            }
        );
    }

    [Fact]
    public async Task AnotherPlaceIsEmpty()
    {
        await ApplyAsync(new SaveReport(new Report(Sample.Repository, "comment:pull:7", 12, "digest", "waiting")));
        (await FindAsync("comment:pull:8")).ShouldBeNull();
    }

    private Task<Report?> FindAsync(string place) => Storage.Reports.FindAsync(Sample.Repository, place, None);
}
