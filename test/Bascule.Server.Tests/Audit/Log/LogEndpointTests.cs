using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Server.Api;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Audit.Log;

public sealed class LogEndpointTests : IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly HttpClient _stranger = new();
    private readonly HttpClient _auditor = new();
    private Host _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync(_folder);
        _stranger.BaseAddress = _host.ListenUrl;
        _auditor.BaseAddress = _host.LocalUrl;
        var token = _host.Services.GetRequiredService<LocalToken>();
        _auditor.DefaultRequestHeaders.Authorization = new("Bearer", token.Secret.Reveal());
    }

    public async Task DisposeAsync()
    {
        _stranger.Dispose();
        _auditor.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnybodyChecksTheCheckpointByItsPublishedKeyAndHashes()
    {
        var note = await CheckpointAsync();
        using var key = NoteKey
            .Parse((await _stranger.GetStringAsync(new Uri("/audit/keys", UriKind.Relative))).Trim())
            .Value;

        var checkpoint = Checkpoint.Open(note, key).Value;
        var root = await new TileTree(new HttpTiles(_stranger), checkpoint.Size).RootAsync(default);

        root.Value.ShouldBe(checkpoint.Root);
        checkpoint.Origin.ShouldEndWith("/audit");
    }

    [Fact]
    public async Task WhoMayReadTheLogGetsItsEntriesAndTheyAreTheLeaves()
    {
        var checkpoint = Checkpoint.Parse(await CheckpointAsync())!;
        var name = new TileName(TileName.Entries, 0, (int)checkpoint.Size);

        var bundle = await _auditor.GetByteArrayAsync(new Uri($"/audit/{name.Path}", UriKind.Relative));

        var edge = new TreeEdge();
        foreach (var entry in EntryBundle.Read(bundle, name.Width).ShouldNotBeNull())
            edge.Add(TreeHash.OfLeaf(entry.Span));
        edge.Root.ShouldBe(checkpoint.Root);
    }

    [Fact]
    [Trait("Threat", "T58")]
    public async Task NobodyElseGetsEntries()
    {
        var checkpoint = Checkpoint.Parse(await CheckpointAsync())!;
        var path = new TileName(TileName.Entries, 0, (int)checkpoint.Size).Path;
        using var bare = new HttpClient { BaseAddress = _host.LocalUrl };

        (await StatusAsync(_stranger, $"/audit/{path}")).ShouldNotBe(HttpStatusCode.OK);
        (await StatusAsync(bare, $"/audit/{path}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(bare, "/api/v1/audit/entries")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(_auditor, $"/audit/{path}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/audit/tile/0/001")]
    [InlineData("/audit/tile/0/000")]
    [InlineData("/audit/tile/7/000.p/1")]
    [InlineData("/audit/tile/0/000.p/0")]
    [InlineData("/audit/tile/0/000.p/255")]
    [InlineData("/audit/tile/99/000.p/1")]
    [InlineData("/audit/tile/0/nonsense")]
    [InlineData("/audit/2/checkpoint")]
    [InlineData("/audit/2/tile/0/000.p/1")]
    [InlineData("/audit/1/checkpoint")]
    [InlineData("/audit/witnessed")]
    public async Task WhatIsNotThereIsNotFound(string path)
    {
        await CheckpointAsync();

        (await StatusAsync(_stranger, path)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task TilesMayBeKeptForEverAndEntriesByNobody()
    {
        await CheckpointAsync();
        using var hashes = await _stranger.GetAsync(new Uri("/audit/tile/0/000.p/1", UriKind.Relative));
        using var entries = await _auditor.GetAsync(new Uri("/audit/tile/entries/000.p/1", UriKind.Relative));

        hashes.Headers.CacheControl!.ToString().ShouldContain("immutable");
        hashes.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        (await hashes.Content.ReadAsByteArrayAsync()).Length.ShouldBe(32);
        entries.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task EntriesAreListedWithTheirPlace()
    {
        var list = await ListAsync("?type=server.started&limit=1");

        var first = list.GetProperty("entries")[0];
        first.GetProperty("index").GetInt64().ShouldBe(0);
        (first.GetProperty("log").GetInt32(), first.GetProperty("leaf").GetInt64()).ShouldBe((1, 0));
        first.GetProperty("entry").GetProperty("type").GetString().ShouldBe("server.started");
        list.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task TheNextPageBeginsWhereTheFirstEnds()
    {
        var first = await ListAsync("?limit=1");
        var next = first.GetProperty("next").GetInt64();

        var second = await ListAsync($"?limit=1&before={next}");

        second.GetProperty("entries")[0].GetProperty("index").GetInt64().ShouldBe(next - 1);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=501")]
    [InlineData("?before=-1")]
    [InlineData("?since=yesterday")]
    [InlineData("?run=")]
    [InlineData("?run=a&run=b")]
    [InlineData("?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1")]
    public async Task AQuestionThatMakesNoSenseIsRefused(string query) =>
        (await StatusAsync(_auditor, $"/api/v1/audit/entries{query}")).ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task ACosignatureOfNobodyIsRefusedInWords()
    {
        using var body = new StringContent((await CheckpointAsync()).ToString());

        using var answer = await _stranger.PostAsync(new Uri("/audit/cosignatures", UriKind.Relative), body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("audit.witnesses");
    }

    private Task<JsonElement> ListAsync(string query) =>
        _auditor.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/audit/entries{query}", UriKind.Relative));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private async Task<SignedNote> CheckpointAsync()
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            using var answer = await _stranger.GetAsync(new Uri("/audit/checkpoint", UriKind.Relative));
            if (answer.IsSuccessStatusCode)
                return SignedNote.Parse(await answer.Content.ReadAsByteArrayAsync()).ShouldNotBeNull();
            DateTime.UtcNow.ShouldBeLessThan(deadline, "no checkpoint was ever shown");
            await Task.Delay(50);
        }
    }

    private sealed class HttpTiles(HttpClient client) : ITiles
    {
        public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
            Result.Of<ReadOnlyMemory<byte>>(
                await client.GetByteArrayAsync(new Uri($"/audit/{name.Path}", UriKind.Relative), cancellationToken)
            );
    }
}
