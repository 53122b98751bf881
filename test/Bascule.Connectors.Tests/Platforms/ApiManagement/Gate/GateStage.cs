using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Tests.Platforms.ApiManagement.Source;
using Bascule.Testing.Platforms;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

/// <summary>The sample with files put in, and what the gate says of it.</summary>
internal static class GateStage
{
    public const string Policy = "apis/orders/policy.xml";

    /// <summary>A policy of an API that is fine, with a piece in its inbound section, on line 4.</summary>
    public static string Inbound(string piece) =>
        $"<policies>\n<inbound>\n<base />\n{piece}\n</inbound>\n<backend><base /></backend>\n<outbound><base /></outbound>\n<on-error><base /></on-error>\n</policies>";

    public static async Task<IReadOnlyList<string>> CheckAsync(
        ApimRules rules,
        params (string Path, string Text)[] files
    )
    {
        var tree = ApimSample.Tree();
        foreach (var (path, text) in files)
            tree.Add(path, text);
        return await CheckAsync(rules, tree);
    }

    public static async Task<IReadOnlyList<string>> CheckAsync(ApimRules rules, MemoryTree tree) =>
        [.. ApimGate.Check(await SourceStage.ReadAsync(tree), rules).Findings.Select(SourceStage.Show)];

    /// <summary>What is found of the sample with this in the inbound section of an API's policy.</summary>
    public static Task<IReadOnlyList<string>> FindAsync(string piece, ApimRules? rules = null) =>
        CheckAsync(rules ?? new ApimRules(), (Policy, Inbound(piece)));
}
