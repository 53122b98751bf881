using System.Text.Json.Nodes;
using Bascule.Core.Api;
using Bascule.Simulators.Collectors;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Shipping;

/// <summary>The whole program with two collectors: one of them is away, and the program is killed meanwhile.</summary>
public sealed class KilledWhileShippingTests : IAsyncLifetime
{
    private BasculeStage _stage = null!;
    private LineReceiver _lake = null!;

    private string Archive => Path.Combine(_stage.Folder, "audit.jsonl");

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync();
        _lake = await LineReceiver.StartAsync(_stage.Authority);
        await File.AppendAllTextAsync(
            _stage.SettingsFile,
            $$"""

            audit:
              collectors:
                archive: { kind: file, path: audit.jsonl }
                lake: { kind: http, url: "{{new Uri(_lake.Url, "/ingest/bascule")}}", ca: ca.pem }

            """
        );
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _lake.DisposeAsync();
    }

    [Fact]
    [Trait("Threat", "T122")]
    [Trait("Capability", "Copies elsewhere")]
    public async Task NothingIsLostAndNothingWaitsForACollector()
    {
        _lake.GoOffline();
        await _stage.StartBinaryAsync();
        var repository = await _stage.CreateConnectedRepositoryAsync("shipped");
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("while the lake is away"));
        await UntilAsync("the archive has all", all => Of(all, "archive").Lag == 0);
        var away = await UntilAsync("the lake is away", all => Of(all, "lake").Failure is not null);
        (Of(away, "lake").Acknowledged, Of(away, "lake").Letters).ShouldBe((0, 0));
        var shown = await BasculeCommand.RunAsync(_stage.Folder, "audit", "collectors");
        shown.ExitCode.ShouldBe(0, shown.Errors);
        shown.Output.ShouldContain("    waits since ");

        await _stage.KillAsync();
        _lake.Resume();
        await _stage.StartBinaryAsync();
        var all = await UntilAsync("both have all", seen => seen.Collectors.All(one => one.Lag == 0));

        // Entries that came while this was read are in neither.
        var lake = Copies(_lake.Received, all.Entries);
        lake.Select(copy => copy.Index).ShouldBe(Enumerable.Range(0, (int)all.Entries).Select(index => (long)index));
        Copies((await File.ReadAllLinesAsync(Archive)).Select(Read), all.Entries).ShouldBe(lake);
    }

    private static JsonObject Read(string line) => JsonNode.Parse(line)!.AsObject();

    /// <summary>In the order in which they came first.</summary>
    private static List<(long Index, string LeafHash)> Copies(IEnumerable<JsonObject> lines, long entries) =>
        [
            .. lines
                .Select(line => ((long)line["index"]!, (string)line["leaf_hash"]!))
                .Distinct()
                .Where(copy => copy.Item1 < entries),
        ];

    private static CollectorRecord Of(CollectorList all, string name) => all.Collectors.Single(one => one.Name == name);

    private Task<CollectorList> UntilAsync(string what, Func<CollectorList, bool> isSo) =>
        _stage.WaitForAsync(
            what,
            async () =>
            {
                var listed = await _stage.Client.ListCollectorsAsync(CancellationToken.None);
                return listed.Problem is null && isSo(listed.Value) ? listed.Value : null;
            }
        );
}
