using Bascule.Core.Audit.Log;
using Bascule.Testing.Audit;

namespace Bascule.Server.Tests.Console.Explorer;

/// <summary>The script's sums against ours, over logs of many sizes, in a real browser.</summary>
[Trait("Threat", "T118")]
public sealed class ProofScriptTests(Chromium chromium, ExplorerStage stage)
    : InBrowser(chromium),
        IClassFixture<ExplorerStage>
{
    private const string Climb = """
        async ([files, root, size, index, leaf]) => {
          const proof = await import("/assets/proof.js");
          const read = async (path) => proof.fromBase64(files[path]);
          const tiles = new proof.Tiles(read, size);
          return proof.base64(await tiles.climb(proof.fromBase64(leaf), index)) === root;
        }
        """;

    private const string Extend = """
        async ([files, root, size, smaller, before]) => {
          const proof = await import("/assets/proof.js");
          const tiles = new proof.Tiles(async (path) => proof.fromBase64(files[path]), size);
          const other = proof.fromBase64(before).map((byte) => byte ^ 1);
          const [is, isNot] = [await tiles.extends(proof.fromBase64(before), smaller, proof.fromBase64(root)), await tiles.extends(other, smaller, proof.fromBase64(root))];
          return is && !isNot;
        }
        """;

    [BrowserTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    [InlineData(66_000)]
    public async Task ClimbsToTheRootAndKnowsWhatItExtends(int size)
    {
        var page = await OpenAsync();
        await page.GotoAsync(new Uri(stage.Local, "/assets/icon.svg").AbsoluteUri);
        var entries = WrittenLog.Entries(size);
        var log = WrittenLog.Of(entries);
        var root = Checkpoint.Parse(log.Checkpoint)!.Root.ToString();
        var files = log
            .Files.Where(file =>
                file.Key.StartsWith("tile/", StringComparison.Ordinal)
                && !file.Key.Contains("entries", StringComparison.Ordinal)
            )
            .ToDictionary(file => file.Key, file => Convert.ToBase64String(file.Value));
        int[] places =
        [
            .. new[] { 0, 1, size / 3, size / 2, size - 2, size - 1 }
                .Where(place => place >= 0 && place < size)
                .Distinct(),
        ];
        foreach (var place in places)
        {
            var leaf = TreeHash.OfLeaf(entries[place]).ToString();
            (await page.EvaluateAsync<bool>(Climb, new object[] { files, root, size, place, leaf })).ShouldBeTrue(
                $"{place} of {size}"
            );
            if (place == 0)
                continue;
            var before = Checkpoint.Parse(WrittenLog.Of(entries[..place]).Checkpoint)!.Root.ToString();
            (await page.EvaluateAsync<bool>(Extend, new object[] { files, root, size, place, before })).ShouldBeTrue(
                $"{place} to {size}"
            );
        }
        ShouldNotComplain();
    }
}
