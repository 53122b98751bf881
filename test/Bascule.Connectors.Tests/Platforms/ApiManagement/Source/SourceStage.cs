using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Testing.Platforms;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source;

/// <summary>The sample with one thing changed, and what the reader says of it.</summary>
internal static class SourceStage
{
    public const string Api = "{ \"properties\": { \"path\": \"pets\" } }";

    public static Task<ApimSource> ReadAsync(MemoryTree tree, ApimFolder? folder = null) =>
        ApimSourceReader.ReadAsync(tree, folder ?? new ApimFolder(), CancellationToken.None);

    /// <summary>What is found of the sample with these files put in; as <c>path:line rule: text</c>.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(params (string Path, string Text)[] files)
    {
        var tree = ApimSample.Tree();
        foreach (var (path, text) in files)
            tree.Add(path, text);
        return [.. (await ReadAsync(tree)).Findings.Select(Show)];
    }

    public static string Show(ApimFinding finding) =>
        $"{finding.Path}:{finding.Line} {(finding.Severity == ApimSeverity.Error ? "" : "warning ")}{finding.Rule}: {finding.Text}";

    public static ApimResource At(this ApimSource source, string path) =>
        source.Resources.Single(resource => resource.Address.Path == path);
}
