using System.Globalization;
using System.Text.RegularExpressions;

namespace Bascule.Core.Tests.Docs;

/// <summary>Keeps <c>docs/threats.md</c> and the traits of the tests together.</summary>
public sealed partial class ThreatTableTests
{
    /// <summary>What the first version must withstand. T10 over several replicas belongs to later work.</summary>
    private static readonly string[] MustStand =
    [
        .. Range(1, 39),
        "T43",
        "T44",
        "T47",
        .. Range(61, 68),
        .. Range(70, 81),
        .. Range(83, 85),
        .. Range(97, 110),
        "T112",
        .. Range(113, 128),
        "T45",
        "T58",
        "T59",
        .. Range(129, 146),
        "T148",
        .. Range(151, 154),
    ];

    [Fact]
    public void EveryThreatOfThisVersionIsInTheTable()
    {
        var listed = Rows().Select(row => row.Number).ToList();

        listed.ShouldBeUnique();
        MustStand.Except(listed).ShouldBeEmpty();
    }

    [Fact]
    public void EveryThreatInTheTableHasATestWithItsNumber()
    {
        var proven = Proofs().Select(proof => proof.Number).ToHashSet();

        Rows().Select(row => row.Number).Where(number => !proven.Contains(number)).ShouldBeEmpty();
    }

    [Fact]
    public void EveryTestClassInTheTableCarriesTheNumber()
    {
        var proofs = Proofs().ToHashSet();

        var wrong = Rows()
            .SelectMany(row => row.Classes.Select(name => (row.Number, Class: name)))
            .Where(claim => !proofs.Contains(claim));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void EveryRowNamesAGuardAndATestClass() =>
        Rows().Where(row => row.Guard.Length == 0 || row.Classes.Count == 0).Select(row => row.Number).ShouldBeEmpty();

    [Fact]
    public void EveryGuardIsInTheSource()
    {
        var source = ProjectFiles.Find("src", "*.cs").Select(Path.GetFileNameWithoutExtension).ToHashSet();

        var gone = Rows()
            .SelectMany(row => Name().Matches(row.Guard).Select(name => name.Groups["name"].Value))
            .Where(guard => !source.Contains(guard));

        gone.ShouldBeEmpty();
    }

    private static IEnumerable<(string Number, string Guard, List<string> Classes)> Rows() =>
        Row()
            .Matches(ProjectFiles.Read("docs/threats.md"))
            .Select(match =>
                (
                    match.Groups["number"].Value,
                    match.Groups["guard"].Value.Trim(),
                    Name().Matches(match.Groups["tests"].Value).Select(name => name.Groups["name"].Value).ToList()
                )
            );

    /// <summary>A file is named as its class; parts of one class have a second name before the extension.</summary>
    private static IEnumerable<(string Number, string Class)> Proofs() =>
        ProjectFiles
            .Find("test", "*.cs")
            .SelectMany(file =>
                Trait()
                    .Matches(File.ReadAllText(file))
                    .Select(match => (match.Groups["number"].Value, Path.GetFileName(file).Split('.')[0]))
            );

    private static IEnumerable<string> Range(int first, int last) =>
        Enumerable
            .Range(first, last - first + 1)
            .Select(number => "T" + number.ToString("00", CultureInfo.InvariantCulture));

    [GeneratedRegex(
        @"^\| (?<number>T[0-9]{2,3}) \|[^|\n]*\|(?<guard>[^|\n]*)\|(?<tests>[^|\n]*)\|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex("""Trait\("Threat", "(?<number>T[0-9]{2,3})"\)""")]
    private static partial Regex Trait();
}
