using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Notebooks;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>What is sent of a commit's tree: all of it, or all of it without the outputs of notebooks (THREATS T130).</summary>
/// <param name="Tree">With the digests and sizes of what is sent.</param>
/// <param name="Stripped">The notebooks that lose something, by path.</param>
internal sealed record SentTree(IContentTree Tree, IReadOnlyList<string> Stripped)
{
    private const int MostPoints = 50;
    private const int MostNames = 5;

    /// <summary>Keeps this hash apart from every other one that we make of a tuple.</summary>
    private const string Domain = "bascule/sent/v1";

    /// <param name="entries">The part of the tree that is sent.</param>
    public static async Task<Result<SentTree>> OfAsync(
        IContentTree tree,
        IEnumerable<TreeEntry> entries,
        NotebookOutputs policy,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        if (policy == NotebookOutputs.Keep)
            return new SentTree(tree, []);
        var (faults, outputs) = (new List<string>(), new List<string>());
        var changed = new Dictionary<string, FoundNotebook>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => JupyterFile.IsOne(entry.Path)))
        {
            // What stays behind has no bytes to look into.
            if (await searches.Pointers.ReasonToLeaveAsync(entry, tree, cancellationToken) is not null)
                continue;
            var found = await searches.Notebooks.LookAsync(entry, tree, cancellationToken);
            if (found.Fault is { } fault)
                faults.Add($"{entry.Path} {fault}");
            outputs.AddRange(found.Outputs.Select(output => $"{entry.Path}: {output}"));
            if (!found.IsClean)
                changed[entry.Path] = found;
        }
        if (faults.Count > 0)
            return Refuse(
                "notebooks are sent without their outputs, and nobody can say where these have theirs; save them as nbformat 4, keep them outside root:, or let an operator write notebook_outputs: keep",
                faults
            );
        if (policy == NotebookOutputs.Strip)
            return changed.Count == 0
                ? new SentTree(tree, [])
                : new SentTree(new StrippedTree(tree, changed), [.. changed.Keys.Order(StringComparer.Ordinal)]);
        return outputs.Count == 0
            ? new SentTree(tree, [])
            : Refuse(
                "this environment takes no notebooks with outputs (notebook_outputs: refuse); clear them, and commit again",
                outputs
            );
    }

    /// <summary>
    /// Names what is sent: the content's own id where that is the commit's tree, else another one. So what was sent under one policy is never taken for what is
    /// sent under another.
    /// </summary>
    public ContentId AddressOf(ContentId content) =>
        Stripped.Count == 0 ? content : ContentIds.Compute(Tree.TreeDigest, Domain, content.Hex);

    /// <summary>For a plan; null where the tree goes as it is.</summary>
    public JsonObject? ToJson() =>
        Stripped.Count == 0
            ? null
            : new JsonObject
            {
                ["notebooks"] = new JsonArray([.. Stripped.Select(path => (JsonNode?)path)]),
                ["outputs"] = "stripped",
            };

    /// <summary>A line of a plan; null where the tree goes as it is.</summary>
    public string? ToLine() =>
        Stripped.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"leaves the outputs of {Stripped.Count} notebook{(Stripped.Count == 1 ? "" : "s")} behind: {string.Join(", ", Stripped.Take(MostNames))}{(Stripped.Count > MostNames ? $" and {Stripped.Count - MostNames} more" : "")}"
            );

    private static Problem Refuse(string head, List<string> points) =>
        Problem.Invalid(
            Points.Of(
                head,
                points.Count <= MostPoints
                    ? points
                    : points.Take(MostPoints).Append($"and {points.Count - MostPoints} more")
            )
        );
}
