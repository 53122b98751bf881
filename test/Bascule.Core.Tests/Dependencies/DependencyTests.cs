using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bascule.Core.Tests.Docs;

namespace Bascule.Core.Tests.Dependencies;

/// <summary>What is restored is what was reviewed: exact versions, and a hash for every package.</summary>
[Trait("Threat", "T152")]
public sealed partial class DependencyTests
{
    private static IEnumerable<string> Projects =>
        new[] { "src", "test", "bench" }.SelectMany(folder => ProjectFiles.Find(folder, "*.csproj"));

    [Fact]
    public void EveryVersionIsExactAndStandsInOnePlace()
    {
        var central = XDocument.Parse(ProjectFiles.Read("Directory.Packages.props")).Descendants("PackageVersion");
        var versions = central.Select(package => (string?)package.Attribute("Version") ?? "").ToList();
        var elsewhere = Projects.Where(project => OwnVersion().IsMatch(File.ReadAllText(project)));

        versions.ShouldNotBeEmpty();
        versions.Where(version => !Exact().IsMatch(version)).ShouldBeEmpty();
        elsewhere.ShouldBeEmpty();
    }

    [Fact]
    public void EveryProjectHasALockFile() =>
        Projects
            .Where(project => !File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
            .ShouldBeEmpty();

    [Fact]
    public void EveryLockedPackageHasAHash()
    {
        var packages = Projects
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"))
            .SelectMany(Packages)
            .ToList();

        packages.ShouldNotBeEmpty();
        packages.Where(package => package.Hash is not { Length: 88 }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("demo.sh")]
    [InlineData("test.sh")]
    [InlineData("bench.sh")]
    public void AScriptRestoresWhatIsLockedAndNothingElse(string script)
    {
        var restores = ProjectFiles
            .Read(script)
            .Split('\n')
            .Where(line => line.StartsWith("dotnet restore ", StringComparison.Ordinal))
            .ToList();

        restores.ShouldNotBeEmpty();
        restores.ShouldAllBe(line => line.Contains(" --locked-mode", StringComparison.Ordinal));
    }

    [Fact]
    public void TheBuildServerRestoresWhatIsLocked()
    {
        var properties = XDocument.Parse(ProjectFiles.Read("Directory.Build.props"));

        properties.Descendants("RestorePackagesWithLockFile").Single().Value.ShouldBe("true");
        properties.Descendants("RestoreLockedMode").Single().Value.ShouldBe("true");
    }

    /// <summary>Our own projects are in there too, and have no hash.</summary>
    private static List<(string Name, string? Hash)> Packages(string lockFile)
    {
        using var parsed = JsonDocument.Parse(File.ReadAllText(lockFile));
        return
        [
            .. parsed
                .RootElement.GetProperty("dependencies")
                .EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package =>
                    (package.Name, package.Value.TryGetProperty("contentHash", out var hash) ? hash.GetString() : null)
                ),
        ];
    }

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+){1,3}(?:-[0-9A-Za-z.-]+)?\z")]
    private static partial Regex Exact();

    [GeneratedRegex("<PackageReference[^>]*Version=")]
    private static partial Regex OwnVersion();
}
