using System.Text.RegularExpressions;
using Bascule.Core.Evidence.Packing;

namespace Bascule.Core.Tests.Evidence;

/// <summary>Whoever pushes chooses the names of branches, and an auditor opens what comes of them in a spreadsheet and a browser.</summary>
[Trait("Threat", "T123")]
public sealed partial class HostileEvidenceTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "'\r=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData(" =1", " '=1")]
    [InlineData("a;=1", "a;'=1")]
    [InlineData("a; \"=1", "a; \"'=1")]
    [InlineData("a=1;b-1", "a=1;b-1")]
    [InlineData("main", "main")]
    public void NoCellIsAFormula(string text, string neutral) => CsvRow.Neutral(text).ShouldBe(neutral);

    [Fact]
    public void ACellStaysOneCell()
    {
        var row = CsvRow.Of(["a,b", "say \"x\"", "two\r\nlines", null, "=1,\"2\""]);

        row.ShouldBe("\"a,b\",\"say \"\"x\"\"\",\"two lines\",,\"'=1,\"\"2\"\"\"\r\n");
        CsvText.Parse(row).ShouldHaveSingleItem().ShouldBe(["a,b", "say \"x\"", "two lines", "", "'=1,\"2\""]);
    }

    [Fact]
    public async Task AHostileBranchReachesNoFormula()
    {
        using var pack = await Pack.OfAsync(Pack.Days(0, 30), EvidenceStory.Played().Log());

        pack.Rows("code-changes.csv").ShouldHaveSingleItem()["ref"].ShouldBe($"'{EvidenceStory.HostileRef}");
        foreach (var name in pack.Names.Where(name => name.EndsWith(".csv", StringComparison.Ordinal)))
            CsvText
                .Parse(pack.Read(name))
                .SelectMany(row => row)
                .ShouldAllBe(cell => cell.Length == 0 || !"=+-@\t\r".Contains(cell[0]), name);
    }

    [Fact]
    public async Task TheIndexHasNoScriptNoFrameAndNothingFromElsewhere()
    {
        var story = EvidenceStory.Played();
        story.Change("r2", "<script>alert(1)</script>\"'><img src=x>");
        using var pack = await Pack.OfAsync(Pack.Days(0, 30), story.Log("<script>alert(1)</script><img/src=x>"));

        var page = pack.Read("index.html");
        page.ShouldContain("default-src 'none'");
        page.ShouldNotContain("<script", Case.Insensitive);
        page.ShouldNotContain("<img", Case.Insensitive);
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        page.ShouldNotContain("url(");
        foreach (Match link in Link().Matches(page))
            File.Exists(Path.Combine(pack.Unpacked, Uri.UnescapeDataString(link.Groups["to"].Value)))
                .ShouldBeTrue(link.Value);
    }

    [Theory]
    [InlineData("../../etc/cron.d/x")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("C:\\x")]
    [InlineData("Prod")]
    public async Task AnEnvironmentsNameIsNoPath(string environment)
    {
        var story = new EvidenceStory();
        story.Change("r1", environment);
        story.Change("r2", "prod");
        using var pack = await Pack.OfAsync(Pack.Days(0, 30), story.Log());

        var files = pack.Names.Where(name => name.StartsWith("changes-by-environment/", StringComparison.Ordinal));
        files.Count().ShouldBe(2);
        files.ShouldAllBe(name => FileName().IsMatch(name));
    }

    [GeneratedRegex("href=\"(?<to>[^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("^changes-by-environment/[a-z0-9_%A-F-]+[.]csv$")]
    private static partial Regex FileName();
}
