using System.Text;
using Bascule.Core.Pushes;
using Bascule.Server.GitProxy.Pushing;

namespace Bascule.Server.Tests.GitProxy.Pushing;

public sealed class PatchReaderTests
{
    private const string Commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public void FindsAddedLinesWithTheirPlaces()
    {
        var lines = Read(
            $"\0{Commit}\n\ndiff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n-old\n+one\n+two\n"
        );

        lines.Select(line => (line.Path, line.Number, line.Text)).ShouldBe([("a.py", 1, "one"), ("a.py", 2, "two")]);
        lines.ShouldAllBe(line => line.Commit.ToString() == Commit);
    }

    [Fact]
    public void ALineThatLooksLikeAHeaderIsALine()
    {
        var lines = Read(
            $"\0{Commit}\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +7,2 @@\n+++ b/other\n+@@ -1 +1 @@\n"
        );

        lines
            .Select(line => (line.Path, line.Number, line.Text))
            .ShouldBe([("a", 7, "++ b/other"), ("a", 8, "@@ -1 +1 @@")]);
    }

    [Fact]
    public void AMergeAddsWhatNoParentHas()
    {
        var lines = Read(
            $"\0{Commit}\ndiff --combined a\n--- a/a\n+++ b/a\n@@@ -1,1 -1,1 +1,3 @@@\n++new\n+ theirs\n +ours\n"
        );

        lines.ShouldHaveSingleItem().Text.ShouldBe("new");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(65_536)]
    public void NothingHidesAtASeam(int piece)
    {
        const string needle = "the-needle-that-is-looked-for";
        var line = new string('x', 32_760) + needle + new string('y', 100_000) + needle;
        var text = $"\0{Commit}\ndiff --git a/a b/a\n+++ b/a\n@@ -0,0 +1,2 @@\n+{line}\n+last\n";

        var lines = Read(text, piece);

        lines.Count(one => one.Text.Contains(needle, StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
        lines[^1].ShouldBe(lines[0] with { Number = 2, Text = "last" });
    }

    [Fact]
    public void ARemovedLineIsNotSeenHoweverLongItIs() =>
        Read($"\0{Commit}\ndiff --git a/a b/a\n+++ b/a\n@@ -1 +0,0 @@\n-{new string('x', 100_000)}\n").ShouldBeEmpty();

    private static List<AddedLine> Read(string text, int piece = int.MaxValue)
    {
        List<AddedLine> lines = [];
        var reader = new PatchReader(lines.Add);
        foreach (var some in Encoding.Latin1.GetBytes(text).Chunk(Math.Min(piece, 1 << 20)))
            reader.Read(some);
        return lines;
    }
}
