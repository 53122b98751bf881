using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>What a file of the folder is for.</summary>
internal enum FilePurpose
{
    /// <summary>JSON with the member <c>properties</c>.</summary>
    Information,

    /// <summary>XML of a policy, or of a fragment.</summary>
    Policy,

    /// <summary>What the operations of an API come from.</summary>
    Specification,

    /// <summary>The older list of a product's APIs.</summary>
    ApiList,

    /// <summary>Overrides of an environment.</summary>
    Overrides,

    /// <summary>For people and for git.</summary>
    Ignored,

    /// <summary>Known to others who read such folders, and not to us.</summary>
    NotDeployed,

    Unknown,
}

/// <summary>One file by its place.</summary>
/// <param name="Names">Of the resource and those above it, as folders spell them: one for each level.</param>
internal sealed record SourcePlace(FilePurpose Purpose, ApimKind? Kind, IReadOnlyList<string> Names)
{
    private const string PolicyFile = "policy.xml";
    private static readonly SourcePlace Ignored = new(FilePurpose.Ignored, null, []);
    private static readonly SourcePlace NotDeployed = new(FilePurpose.NotDeployed, null, []);
    private static readonly SourcePlace Unknown = new(FilePurpose.Unknown, null, []);

    private static readonly string[] OtherFolders =
    [
        "tags",
        "gateways",
        "groups",
        "subscriptions",
        "workspaces",
        "schemas",
        "releases",
        "resolvers",
        "wikis",
    ];

    /// <summary>Folders directly below the top with one file of JSON for each resource.</summary>
    private static readonly Dictionary<string, (ApimKind Kind, string File)> Plain = new()
    {
        ["named values"] = (ApimKind.NamedValue, "namedValueInformation.json"),
        ["version sets"] = (ApimKind.VersionSet, "versionSetInformation.json"),
        ["backends"] = (ApimKind.Backend, "backendInformation.json"),
        ["loggers"] = (ApimKind.Logger, "loggerInformation.json"),
        ["policy fragments"] = (ApimKind.PolicyFragment, "policyFragmentInformation.json"),
        ["diagnostics"] = (ApimKind.Diagnostic, "diagnosticInformation.json"),
        ["apis"] = (ApimKind.Api, "apiInformation.json"),
        ["products"] = (ApimKind.Product, "productInformation.json"),
    };

    private static readonly string[] Specifications =
    [
        "specification.yaml",
        "specification.yml",
        "specification.json",
        "specification.graphql",
        "specification.wsdl",
        "specification.wadl",
    ];

    /// <param name="path">Below the folder.</param>
    public static SourcePlace Of(string path)
    {
        var parts = path.Split('/');
        if (IsForOthers(parts))
            return Ignored;
        return parts.Length switch
        {
            1 when parts[0] == PolicyFile => new SourcePlace(FilePurpose.Policy, ApimKind.Policy, []),
            1 when OverridesOf(parts[0]) is { } environment => new SourcePlace(
                FilePurpose.Overrides,
                null,
                [environment]
            ),
            1 => Unknown,
            _ when OtherFolders.Contains(parts[0]) => NotDeployed,
            _ when Plain.TryGetValue(parts[0], out var plain) => OfResource(plain.Kind, plain.File, parts),
            _ => Unknown,
        };
    }

    /// <summary><c>configuration.prod.yaml</c> is of <c>prod</c>, <c>configuration.yaml</c> of no environment.</summary>
    public static string? OverridesOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (!file.EndsWith(".yaml", StringComparison.Ordinal) && !file.EndsWith(".yml", StringComparison.Ordinal))
            return null;
        return name == "configuration" ? ""
            : name.StartsWith("configuration.", StringComparison.Ordinal) ? name["configuration.".Length..]
            : null;
    }

    /// <summary>What begins with a dot at the top belongs to tools: forges, editors, Bascule itself.</summary>
    private static bool IsForOthers(string[] parts) =>
        parts[0].StartsWith('.')
        || parts[^1].StartsWith(".git", StringComparison.Ordinal)
        || parts[^1].StartsWith("README", StringComparison.Ordinal)
        || parts[^1].EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    private static SourcePlace OfResource(ApimKind kind, string file, string[] parts) =>
        parts switch
        {
            [_, var name, var last] when last == file => new SourcePlace(FilePurpose.Information, kind, [name]),
            [_, var name, PolicyFile] when kind == ApimKind.PolicyFragment => new SourcePlace(
                FilePurpose.Policy,
                kind,
                [name]
            ),
            _ when kind == ApimKind.Api => OfApi(parts),
            _ when kind == ApimKind.Product => OfProduct(parts),
            _ => Unknown,
        };

    private static SourcePlace OfApi(string[] parts) =>
        parts switch
        {
            [_, var api, PolicyFile] => new SourcePlace(FilePurpose.Policy, ApimKind.ApiPolicy, [api]),
            [_, var api, var file] when Specifications.Contains(file) => new SourcePlace(
                FilePurpose.Specification,
                ApimKind.Api,
                [api]
            ),
            [_, var api, "operations", var operation, PolicyFile] => new SourcePlace(
                FilePurpose.Policy,
                ApimKind.OperationPolicy,
                [api, operation]
            ),
            [_, var api, "diagnostics", var name, "diagnosticInformation.json"] => new SourcePlace(
                FilePurpose.Information,
                ApimKind.ApiDiagnostic,
                [api, name]
            ),
            [_, _, var folder, _, ..] when OtherFolders.Contains(folder) => NotDeployed,
            _ => Unknown,
        };

    private static SourcePlace OfProduct(string[] parts) =>
        parts switch
        {
            [_, var product, PolicyFile] => new SourcePlace(FilePurpose.Policy, ApimKind.ProductPolicy, [product]),
            [_, var product, "apis.json"] => new SourcePlace(FilePurpose.ApiList, ApimKind.ProductApi, [product]),
            [_, var product, "apis", var api, "productApiInformation.json"] => new SourcePlace(
                FilePurpose.Information,
                ApimKind.ProductApi,
                [product, api]
            ),
            [_, _, var folder, _, ..] when OtherFolders.Contains(folder) => NotDeployed,
            [_, _, "groups.json" or "tags.json" or "subscriptions.json"] => NotDeployed,
            _ => Unknown,
        };
}
