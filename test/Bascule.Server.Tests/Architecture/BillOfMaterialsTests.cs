using System.Diagnostics;
using System.Text.Json.Nodes;
using Bascule.Testing;

namespace Bascule.Server.Tests.Architecture;

[Trait("Threat", "T152")]
public sealed class BillOfMaterialsTests
{
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
