using Bascule.Server.Connections;

namespace Bascule.Server.Tests.Architecture;

/// <summary>What differs between platforms is a role of the port or stands in the platform's own folder: nobody else asks which one it is.</summary>
public sealed class PlatformNameTests
{
    private static readonly IReadOnlyList<string> Names =
    [
        .. ConnectorKinds.Platforms.Select(connector => $"\"{connector.Kind}\""),
    ];

    [Fact]
    public void NobodyButAPlatformsOwnFolderKnowsItsName()
    {
        Names.Count.ShouldBeGreaterThan(2);
        Sources
            .Where(Sources.Below("src", ".cs", ".razor").Where(file => !IsItsOwn(file)), (_, line) => IsName(line))
            .ShouldBeEmpty("give the port a role for what only this platform can do");
    }

    [Fact]
    public void TheScanKnowsAName()
    {
        IsName("if (platform.Kind == \"databricks\")").ShouldBeTrue();
        IsName("// as Databricks does").ShouldBeFalse();
    }

    /// <summary>The simulators know none of our code, and a demo is told by name which platform it plays on.</summary>
    private static bool IsItsOwn(string file) =>
        file.StartsWith("src/Bascule.Connectors/Platforms/", StringComparison.Ordinal)
        || file.StartsWith("src/Bascule.Simulators/", StringComparison.Ordinal)
        || file.StartsWith("src/Bascule.Cli/Demo/", StringComparison.Ordinal);

    private static bool IsName(string line) => Names.Any(name => line.Contains(name, StringComparison.Ordinal));
}
