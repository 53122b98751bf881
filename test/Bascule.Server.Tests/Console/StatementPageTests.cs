using System.Net;
using AngleSharp.Html.Parser;
using Bascule.Core.Provenance.Checking;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

public sealed class StatementPageTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private LocalServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _http.BaseAddress = _server.Local;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task WhatWasSignedOfARunCanBeTakenAwayFromItsPage()
    {
        var run = _server.Runs.Add(ARun());
        SampleStatements.Add(_server, run);
        var page = await new HtmlParser().ParseDocumentAsync(await _http.GetStringAsync($"/runs/{run.Id}"));

        var links = page.QuerySelectorAll("a[download]").Select(link => link.GetAttribute("href")!).ToList();

        links.Count.ShouldBe(3);
        List<int> envelopes = [];
        foreach (var link in links)
            envelopes.Add(AttestationFile.Read(await _http.GetByteArrayAsync("/" + link)).Value.Count);
        envelopes.ShouldBe([1, 1, 2], ignoreOrder: true);
    }

    [Fact]
    public async Task WhereNothingWasSignedNothingIsOffered()
    {
        var run = _server.Runs.Add(ARun());
        var page = await new HtmlParser().ParseDocumentAsync(await _http.GetStringAsync($"/runs/{run.Id}"));

        page.QuerySelector("a[download]").ShouldBeNull();
        using var none = await _http.GetAsync($"/runs/{run.Id}/run.sigstore.json");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
