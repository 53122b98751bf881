using Bascule.Testing.Node;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console;

/// <summary>axe-core looks at a page: what it finds keeps people out who cannot see, hear or point well.</summary>
internal static class Axe
{
    // Run by the browser's own debugger, so our content policy need not allow it.
    private const string Look = """
        async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
          .filter((found) => found.impact === "serious" || found.impact === "critical")
          .map((found) => `${found.id}: ${found.help}: ${found.nodes.map((node) => node.html).join(" | ")}`)
        """;

    private static readonly Lazy<string> Source = new(() =>
        File.ReadAllText(Path.Combine(NodeOracle.Folder, "node_modules", "axe-core", "axe.min.js"))
    );

    /// <summary>Violations whose impact is serious or critical.</summary>
    public static async Task<string[]> FindAsync(IPage page)
    {
        await page.EvaluateAsync(Source.Value);
        return await page.EvaluateAsync<string[]>(Look);
    }
}

/// <summary>Runs where both are: Debian's Chromium, and Node with npm, which fetches axe-core.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AxeFactAttribute : FactAttribute
{
    public AxeFactAttribute() => Skip = Chromium.Lack ?? NodeOracle.Missing;
}

/// <summary>As <see cref="AxeFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AxeTheoryAttribute : TheoryAttribute
{
    public AxeTheoryAttribute() => Skip = Chromium.Lack ?? NodeOracle.Missing;
}
