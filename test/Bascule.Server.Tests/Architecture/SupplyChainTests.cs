using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Bascule.Testing;

namespace Bascule.Server.Tests.Architecture;

[Trait("Threat", "T152")]
public sealed class SupplyChainTests
{
    [Fact]
    public void EveryProjectHasALockFile() =>
        Projects()
            .Where(project => !File.Exists(RepositoryFolder.PathOf(LockOf(project))))
            .ShouldBeEmpty("run dotnet restore and commit packages.lock.json");

    [Fact]
    public void EveryLockedPackageHasAHash() =>
        Projects()
            .SelectMany(project => Locked(LockOf(project)).Select(package => (project, package)))
            .Where(entry => Convert.FromBase64String(entry.package.Hash).Length != 64)
            .ShouldBeEmpty();

    [Fact]
    public void CentralVersionsAreExact()
    {
        var versions = XDocument
            .Load(RepositoryFolder.PathOf("Directory.Packages.props"))
            .Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Select(element => (string)element.Attribute("Version")!)
            .ToList();

        versions.Count.ShouldBeGreaterThan(10);
        versions.Where(version => !Version.TryParse(version, out _)).ShouldBeEmpty("no range, no star, no label");
    }

    [Fact]
    public void NoProjectNamesAVersionOfItsOwn() =>
        Projects()
            .Where(project =>
                XDocument
                    .Load(RepositoryFolder.PathOf(project))
                    .Descendants("PackageReference")
                    .Any(reference =>
                        reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
                    )
            )
            .ShouldBeEmpty();

    [Fact]
    public void ContinuousBuildsRestoreInLockedMode()
    {
        File.ReadAllText(RepositoryFolder.PathOf("test.sh")).ShouldContain("restore Bascule.slnx --locked-mode");
        File.ReadAllText(RepositoryFolder.PathOf("Directory.Build.props")).ShouldContain("RestoreLockedMode");
        File.ReadAllText(RepositoryFolder.PathOf("docs/operations/verify-a-release.md"))
            .ShouldContain("dotnet restore Bascule.slnx --locked-mode");
    }

    [Fact]
    public async Task TheBillOfMaterialsHoldsEveryPackageThatIsShipped()
    {
        var bill = JsonNode.Parse(await RunAsync())!;

        ((string)bill["bomFormat"]!, (string)bill["specVersion"]!).ShouldBe(("CycloneDX", "1.5"));
        var listed = bill["components"]!
            .AsArray()
            .Select(component =>
                (
                    (string)component!["name"]!,
                    (string)component["version"]!,
                    Convert.ToBase64String(Convert.FromHexString((string)component["hashes"]![0]!["content"]!))
                )
            )
            .ToList();
        var shipped = Sources.Below("src", "packages.lock.json").SelectMany(Locked).Distinct().ToList();
        shipped.Count.ShouldBeGreaterThan(5);
        listed.ShouldBe(shipped, ignoreOrder: true);
        bill["components"]!.AsArray().ShouldAllBe(component => (string)component!["hashes"]![0]!["alg"]! == "SHA-512");
    }

    private static IEnumerable<string> Projects() =>
        Sources
            .Below("src", ".csproj")
            .Concat(Sources.Below("test", ".csproj"))
            .Concat(Sources.Below("bench", ".csproj"));

    private static string LockOf(string project) => Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json");

    private static IEnumerable<(string Name, string Version, string Hash)> Locked(string file) =>
        from target in JsonNode.Parse(File.ReadAllText(RepositoryFolder.PathOf(file)))!["dependencies"]!.AsObject()
        from package in target.Value!.AsObject()
        where (string)package.Value!["type"]! != "Project"
        select (package.Key, (string)package.Value!["resolved"]!, (string)package.Value["contentHash"]!);

    private static async Task<string> RunAsync()
    {
        var start = new ProcessStartInfo("python3", [RepositoryFolder.PathOf("build/sbom.py")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var python = Process.Start(start)!;
        var text = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        python.ExitCode.ShouldBe(0);
        return text;
    }
}
