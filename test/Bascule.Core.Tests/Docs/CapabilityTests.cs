using System.Text.RegularExpressions;

namespace Bascule.Core.Tests.Docs;

/// <summary>Keeps what the README says that Bascule does, <c>docs/capabilities.md</c> and the traits of the scenario tests together.</summary>
public sealed partial class CapabilityTests
{
    private const string Section = "## What it does\n";

    /// <summary>In two parts, so that this file has none.</summary>
    private const string Beginning = "[Trait(" + "\"Capability\"";

    [Fact]
    public void EveryCapabilityOfTheReadmeHasOneTestAndNoTestHasAnother() =>
        Proofs().Select(proof => proof.Name).Order().ShouldBe(Promises().Order());

    [Fact]
    public void TheReadmeNamesEachCapabilityOnceAndLeadsToItsPage()
    {
        var lines = Lines().ToList();

        lines.ShouldNotBeEmpty();
        Promises().ShouldBeUnique();
        lines.Where(line => !Promise().IsMatch(line)).ShouldBeEmpty();
    }

    [Fact]
    public void TheTableNamesTheTestOfEachCapabilityAndWhatWasSwitchedOff()
    {
        var rows = Row()
            .Matches(ProjectFiles.Read("docs/capabilities.md"))
            .Select(row => (row.Groups["name"].Value, row.Groups["class"].Value, row.Groups["method"].Value))
            .ToList();

        rows.Select(row => row.Item1).ShouldBe(Promises());
        rows.Order().ShouldBe(Proofs().Order());
    }

    /// <summary>Where no whole server is played, nothing shows that a capability is there.</summary>
    [Fact]
    public void EveryTraitStandsOnAMethodOfATestOfAWholeServer() =>
        ProjectFiles
            .Find("test", "*.cs")
            .Sum(file => File.ReadAllText(file).Split(Beginning).Length - 1)
            .ShouldBe(Proofs().Count);

    /// <summary>What stands in bold at the beginning of each line.</summary>
    private static List<string> Promises() => [.. Lines().Select(line => Promise().Match(line).Groups["name"].Value)];

    private static IEnumerable<string> Lines()
    {
        var readme = ProjectFiles.Read("README.md");
        var start = readme.IndexOf(Section, StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, Section);
        var end = readme.IndexOf("\n## ", start + Section.Length, StringComparison.Ordinal);
        return readme[start..end].Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal));
    }

    private static List<(string Name, string Class, string Method)> Proofs() =>
        [.. Proofs("test/Bascule.EndToEnd"), .. Proofs("test/Bascule.Server.Tests")];

    /// <summary>A file is named as its class.</summary>
    private static IEnumerable<(string Name, string Class, string Method)> Proofs(string folder) =>
        ProjectFiles
            .Find(folder, "*.cs")
            .SelectMany(file =>
                Trait()
                    .Matches(File.ReadAllText(file))
                    .Select(match =>
                        (match.Groups["name"].Value, Path.GetFileName(file).Split('.')[0], match.Groups["method"].Value)
                    )
            );

    [GeneratedRegex(@"^- \*\*(?<name>[^*]+)\*\*: .+\. (\[[^\]]+\]\(docs/[^()\s]+\)(, )?)+$")]
    private static partial Regex Promise();

    /// <summary>Only attributes stand between the trait and its method.</summary>
    [GeneratedRegex(
        """\[Trait\("Capability", "(?<name>[^"\n]+)"\)\]\s+(\[[^\n]+\]\s+)*public (async )?(Task|void) (?<method>\w+)\("""
    )]
    private static partial Regex Trait();

    [GeneratedRegex(
        @"^\| (?<name>[^|\n]+) \| `(?<class>\w+)\.(?<method>\w+)` \| [^|\n]*`\w+`[^|\n]* \|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();
}
