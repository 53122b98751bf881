using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bascule.Testing;

namespace Bascule.Server.Tests.Architecture;

/// <summary>Who may know whom: ARCHITECTURE section 3. A broken arrow is printed as it would have to be drawn.</summary>
public sealed partial class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Bascule.Core"] = [],
        ["Bascule.Connectors"] = ["Bascule.Core"],
        ["Bascule.Storage"] = ["Bascule.Core"],
        ["Bascule.Client"] = ["Bascule.Core"],
        ["Bascule.Server"] = ["Bascule.Core", "Bascule.Storage", "Bascule.Connectors"],
        ["Bascule.Simulators"] = [],
        ["Bascule.Cli"] =
        [
            "Bascule.Core",
            "Bascule.Storage",
            "Bascule.Connectors",
            "Bascule.Client",
            "Bascule.Server",
            "Bascule.Simulators",
        ],
    };

    [Fact]
    public void ProjectsReferenceEachOtherOnlyAsDrawn()
    {
        var drawn = Sources.Below("src", ".csproj").Select(Read).ToList();

        drawn.Select(project => project.Name).ShouldBe(Allowed.Keys, ignoreOrder: true);
        drawn
            .SelectMany(project =>
                project.References.Except(Allowed[project.Name]).Select(other => $"{project.Name} -> {other}")
            )
            .ShouldBeEmpty("these arrows are not in ARCHITECTURE section 3");
    }

    [Fact]
    public void CoreUsesTheBaseClassLibraryAlone()
    {
        var project = XDocument.Load(RepositoryFolder.PathOf("src/Bascule.Core/Bascule.Core.csproj"));

        project.Descendants("PackageReference").ShouldBeEmpty();
        project.Descendants("FrameworkReference").ShouldBeEmpty();
        typeof(Core.Problem)
            .Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard");
    }

    [Fact]
    public void SimulatorsKnowNothingOfOurs() =>
        Sources
            .Where(
                Sources.Below("src/Bascule.Simulators", ".cs"),
                (_, line) => Ours().Matches(line).Any(match => match.Groups[1].Value != "Simulators")
            )
            .ShouldBeEmpty("a shared mistake would pass");

    [Fact]
    public void TestsAreNotReferencedByTheProduct() =>
        Sources
            .Below("src", ".csproj")
            .Where(file => Lines(file).Contains("../test/", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void ConnectorsDoNotKnowEachOther() =>
        Sources
            .Below("src/Bascule.Connectors", ".cs")
            .SelectMany(file => UsesOf(file).Select(other => $"{FolderOf(file)} -> {other} ({file})"))
            .ShouldBeEmpty("a connector sees Core, what all share, and itself");

    [Theory]
    [InlineData("src/Bascule.Connectors/Forges/Gogs/X.cs", "using Bascule.Connectors.Forges.Gitea;", true)]
    [InlineData("src/Bascule.Connectors/Forges/Gitea/X.cs", "using Bascule.Connectors.Forges.GiteaFamily;", false)]
    [InlineData("src/Bascule.Connectors/Forges/Gogs/X.cs", "using Bascule.Connectors.Forges.GiteaFamily;", true)]
    [InlineData("src/Bascule.Connectors/Forges/Gitea/X.cs", "var x = Platforms.Databricks.Y;", true)]
    [InlineData("src/Bascule.Connectors/Forges/Gitea/X.cs", "using Bascule.Connectors.Forges.Hooks;", false)]
    [InlineData("src/Bascule.Connectors/Outbound/X.cs", "using Bascule.Connectors.Forges.Gitea;", true)]
    public void TheScanSeesWhatItShould(string file, string line, bool isBroken) =>
        Uses(FolderOf(file), line).Any().ShouldBe(isBroken);

    private static IEnumerable<string> UsesOf(string file) =>
        Sources.Lines(file).SelectMany(line => Uses(FolderOf(file), line)).Distinct();

    private static IEnumerable<string> Uses(string from, string line) =>
        Connector()
            .Matches(line)
            .Select(match => match.Value)
            .Where(to => to != from && to != "Forges.Hooks" && !IsKin(from, to));

    /// <summary>Gitea and Forgejo share an explicit folder.</summary>
    private static bool IsKin(string from, string to) =>
        from is "Forges.Gitea" or "Forges.Forgejo" && to == "Forges.GiteaFamily";

    /// <summary>As namespaces name it, e.g. Forges.Gitea.</summary>
    private static string FolderOf(string file) =>
        string.Join('.', Path.GetDirectoryName(file)!.Split('/').Skip(2).Take(2));

    private static string Lines(string file) => string.Join('\n', Sources.Lines(file));

    private static (string Name, IReadOnlyList<string> References) Read(string file) =>
        (
            Path.GetFileNameWithoutExtension(file),
            [
                .. XDocument
                    .Load(RepositoryFolder.PathOf(file))
                    .Descendants("ProjectReference")
                    .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)),
            ]
        );

    [GeneratedRegex(@"\bBascule\.(\w+)")]
    private static partial Regex Ours();

    [GeneratedRegex(
        @"\b(Forges|Platforms)\.(Gitea|GiteaFamily|Forgejo|Gogs|Hooks|Databricks|AzureML|ApiManagement|Airflow)\b"
    )]
    private static partial Regex Connector();
}
