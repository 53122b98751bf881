using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>
/// The bundle after every variable was put in, as <c>bundle validate</c> answers it: the same rules once more, for what variables could have hidden, before
/// anything is planned or uploaded.
/// </summary>
/// <param name="RootPath">The folder in the workspace that is its identity.</param>
internal sealed record ResolvedBundle(string RootPath)
{
    private static readonly string[] Packages = [".whl", ".jar", ".egg", ".txt", ".toml"];

    /// <param name="treeFolder">Where the bundle lies on the host.</param>
    public static Result<ResolvedBundle> Check(ReadOnlyMemory<byte> answer, string workspace, string treeFolder)
    {
        var read = JsonReading.Read(answer, DatabricksJson.Default.JsonElement);
        if (read.Problem is not null || read.Value.ValueKind != JsonValueKind.Object)
            return Problem.Invalid("the Databricks CLI does not answer `bundle validate` with JSON");
        var findings = new BundleFindings();
        var root = read.Value;
        if (Text(root, "workspace", "host") is { } host && host.TrimEnd('/') != workspace)
            findings.Add("workspace.host", $"is resolved to another workspace than {workspace}");
        foreach (var key in new[] { "artifacts", "scripts", "python" })
            if (root.TryGetProperty(key, out var found) && IsSomething(found))
                findings.Add(key, "runs code on Bascule's host; remove it");
        if (Find(root, "experimental") is { } experimental)
            foreach (var key in new[] { "scripts", "python", "pydabs" })
                if (experimental.TryGetProperty(key, out var found) && IsSomething(found))
                    findings.Add($"experimental.{key}", "runs code on Bascule's host; remove it");
        CheckTexts(root, "", treeFolder, findings);
        var path = Text(root, "workspace", "root_path");
        if (path?.StartsWith('/') != true)
            findings.Add("workspace.root_path", "is resolved to no absolute path");
        return findings.IsEmpty ? new ResolvedBundle(path!) : findings.AsProblem;
    }

    private static void CheckTexts(JsonElement node, string path, string treeFolder, BundleFindings findings)
    {
        if (node.ValueKind == JsonValueKind.Object)
            foreach (var member in node.EnumerateObject())
                CheckTexts(
                    member.Value,
                    path.Length == 0 ? member.Name : $"{path}.{member.Name}",
                    treeFolder,
                    findings
                );
        else if (node.ValueKind == JsonValueKind.Array)
            foreach (var (index, item) in node.EnumerateArray().Index())
                CheckTexts(item, $"{path}[{index}]", treeFolder, findings);
        else if (node.ValueKind == JsonValueKind.String && FaultOf(node.GetString()!, path, treeFolder) is { } fault)
            findings.Add(StatusProblem.Clean(path), fault);
    }

    private static string? FaultOf(string text, string path, string treeFolder)
    {
        if (BundleTexts.ClimbsSomewhere(text))
            return "is resolved to a path that leads out of the bundle's folder";
        // Its content is read on this host and sent; the CLI has made an absolute path of it by now.
        if (
            path.StartsWith("resources.", StringComparison.Ordinal)
            && path.EndsWith(".file_path", StringComparison.Ordinal)
            && text.StartsWith('/')
            && !text.StartsWith($"{treeFolder}/", StringComparison.Ordinal)
        )
            return "is resolved to a file outside of the bundle's folder";
        return IsLocalPackage(text, path)
            ? "is a package in the bundle's folder, which a deployment by plan does not upload; publish it and name it by version, or by its place in a volume"
            : null;
    }

    /// <summary>Libraries of tasks and dependencies of environments that are neither in the workspace, nor in storage, nor in an index.</summary>
    private static bool IsLocalPackage(string text, string path)
    {
        var place = path[(path.LastIndexOf('.') + 1)..];
        var isLibrary = path.Contains(".libraries[", StringComparison.Ordinal) && place is "whl" or "jar" or "egg";
        var isDependency = place.StartsWith("dependencies[", StringComparison.Ordinal);
        var named = text[(text.LastIndexOf(' ') + 1)..]; // after an option of pip, if there is one
        return (isLibrary || isDependency)
            && !named.StartsWith('/')
            && !named.Contains(":/", StringComparison.Ordinal)
            && (
                isLibrary
                || named.StartsWith('.')
                || Packages.Any(end => named.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            );
    }

    private static bool IsSomething(JsonElement found) =>
        found.ValueKind switch
        {
            JsonValueKind.Object => found.EnumerateObject().Any(member => IsSomething(member.Value)),
            JsonValueKind.Array => found.GetArrayLength() > 0,
            JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => false,
            _ => true,
        };

    private static JsonElement? Find(JsonElement map, string key) =>
        map.TryGetProperty(key, out var found) && found.ValueKind == JsonValueKind.Object ? found : null;

    private static string? Text(JsonElement map, string part, string key) =>
        Find(map, part) is { } found
        && found.TryGetProperty(key, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
