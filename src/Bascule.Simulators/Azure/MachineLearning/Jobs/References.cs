using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Workspace;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>Whether what a job names is there: by its id in Azure Resource Manager, and environments also in the registry <c>azureml</c>.</summary>
internal sealed partial class References(AssetStore assets, AmlPlace place)
{
    private readonly HashSet<(string, string)> _public =
    [
        .. place.Options.RegistryEnvironments.Select(AssetStore.Split),
    ];

    public bool IsVersion(AssetKind kind, string id) =>
        place.Below(id) is [var chain, var name, "versions", var version]
        && AssetKind.Find(chain) == kind
        && assets.Find(kind, name, version) is not null;

    public bool IsCompute(string id) =>
        place.Below(id) is ["computes", var name]
        && place.Options.Computes.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A version; in a registry also the label <c>latest</c>.</summary>
    public bool IsEnvironment(string id)
    {
        var match = Registry().Match(id);
        if (!match.Success)
            return IsVersion(AssetKind.Environments, id);
        var (name, version) = (match.Groups["name"].Value, match.Groups["version"]);
        return version.Success ? _public.Contains((name, version.Value)) : _public.Any(e => e.Item1 == name);
    }

    /// <summary>An asset that does not exist; places outside the workspace are not looked into.</summary>
    public bool IsMissingData(string uri) =>
        Short().Match(uri) is { Success: true } match
            ? assets.Find(AssetKind.Data, match.Groups["name"].Value, match.Groups["version"].Value) is null
            : place.Below(uri.StartsWith("azureml:/s", StringComparison.Ordinal) ? uri["azureml:".Length..] : uri)
                is [var chain, var name, "versions", var version]
                && (AssetKind.Find(chain) is not { } kind || assets.Find(kind, name, version) is null);

    [GeneratedRegex(
        "^azureml://registries/azureml/environments/(?<name>[^/]+)/(?:versions/(?<version>[^/]+)|labels/latest)\\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Registry();

    [GeneratedRegex(
        "^azureml:(?<name>[^:/@]+):(?<version>[^:/@]+)\\z",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Short();
}
