using System.Net;
using Bascule.Core.Provenance.Checking;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

public sealed class StatementPageTests : OnLocalServer
{
    [Fact]
    public async Task WhatWasSignedOfARunCanBeTakenAwayFromItsPage()
    {
        var run = Server.Runs.Add(ARun());
        SampleStatements.Add(Server, run);
        var page = await ReadAsync($"/runs/{run.Id}");

        var links = page.QuerySelectorAll("a[download]").Select(link => link.GetAttribute("href")!).ToList();

        links.Count.ShouldBe(3);
        List<int> envelopes = [];
        foreach (var link in links)
            envelopes.Add(AttestationFile.Read(await Http.GetByteArrayAsync("/" + link)).Value.Count);
        envelopes.ShouldBe([1, 1, 2], ignoreOrder: true);
    }

    [Fact]
    public async Task WhereNothingWasSignedNothingIsOffered()
    {
        var run = Server.Runs.Add(ARun());
        var page = await ReadAsync($"/runs/{run.Id}");

        page.QuerySelector("a[download]").ShouldBeNull();
        using var none = await Http.GetAsync($"/runs/{run.Id}/run.sigstore.json");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
