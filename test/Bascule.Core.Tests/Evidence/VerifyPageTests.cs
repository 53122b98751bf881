using System.Text;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Evidence;

/// <summary>What the page in a pack tells the auditor to type: openssl, sha256sum, Python and sed, and nothing of ours.</summary>
[Trait("Threat", "T117")]
public sealed class VerifyPageTests
{
    [Fact]
    public async Task TheFilesAreHeldAgainstTheirDigests()
    {
        using var pack = await PackedAsync();

        (await VerifyBlocks.RunAsync(pack.Unpacked, "sha256sum --check")).ShouldBe((0, ""));
        await Append(pack, "approvals.csv");
        var changed = await VerifyBlocks.RunAsync(pack.Unpacked, "sha256sum --check");
        changed.ExitCode.ShouldBe(1);
        changed.Output.ShouldContain("approvals.csv: FAILED");
    }

    [Fact]
    public async Task OpensslChecksTheCheckpoint()
    {
        using var pack = await PackedAsync();

        (await VerifyBlocks.RunAsync(pack.Unpacked, "pkeyutl"))
            .Output.Trim()
            .ShouldBe("Signature Verified Successfully");
        var file = Path.Combine(pack.Unpacked, "log/1/checkpoint");
        await File.WriteAllTextAsync(
            file,
            pack.Read("log/1/checkpoint").Replace("\n11\n", "\n12\n", StringComparison.Ordinal)
        );
        (await VerifyBlocks.RunAsync(pack.Unpacked, "pkeyutl")).Output.ShouldContain("Signature Verification Failure");
    }

    [Fact]
    public async Task PythonChecksOneEntry()
    {
        using var pack = await PackedAsync();
        foreach (var entry in (string[])["entry-6", "entry-7", "entry-8", "entry-10"])
            (await VerifyBlocks.RunAsync(pack.Unpacked, "tlog-proof", ("entry-N", entry))).Output.ShouldStartWith(
                "stands under the root"
            );

        await Append(pack, "log/1/proofs/entry-7.json");
        (await VerifyBlocks.RunAsync(pack.Unpacked, "tlog-proof", ("entry-N", "entry-7"))).Output.ShouldStartWith(
            "DOES NOT STAND"
        );
    }

    [Fact]
    public async Task SedTakesOneEntryOut()
    {
        var story = EvidenceStory.Played();
        using var pack = await Pack.OfAsync(Pack.Days(0, 30), story.Log());

        var taken = await VerifyBlocks.RunAsync(pack.Unpacked, "LC_ALL=C sed", ("\"index\":0", "\"index\":8"));
        taken.Output.TrimEnd('\n').ShouldBe(Encoding.UTF8.GetString(story.Entries[8]));
    }

    private static Task<Pack> PackedAsync() => Pack.OfAsync(Pack.Days(0, 30), EvidenceStory.Played().Log());

    private static Task Append(Pack pack, string name) =>
        File.AppendAllTextAsync(Path.Combine(pack.Unpacked, name), " ");
}
