namespace Bascule.Connectors.Platforms.ApiManagement.Resources;

/// <summary>A kind of resource below an API Management service, in the words of its REST API (api-version 2024-05-01).</summary>
public sealed class ApimKind
{
    public static readonly ApimKind NamedValue = new("named value", "namedValues");
    public static readonly ApimKind VersionSet = new("version set", "apiVersionSets");
    public static readonly ApimKind Backend = new("backend", "backends");
    public static readonly ApimKind Logger = new("logger", "loggers");
    public static readonly ApimKind PolicyFragment = new("policy fragment", "policyFragments");
    public static readonly ApimKind Diagnostic = new("diagnostic", "diagnostics");
    public static readonly ApimKind Policy = new("policy of the service", "policies") { IsPolicy = true };
    public static readonly ApimKind Api = new("API", "apis");
    public static readonly ApimKind ApiDiagnostic = new("diagnostic of an API", "diagnostics", Api);
    public static readonly ApimKind ApiPolicy = new("policy of an API", "policies", Api) { IsPolicy = true };
    public static readonly ApimKind Operation = new("operation", "operations", Api);
    public static readonly ApimKind OperationPolicy = new("policy of an operation", "policies", Operation)
    {
        IsPolicy = true,
    };
    public static readonly ApimKind Release = new("release", "releases", Api);
    public static readonly ApimKind Product = new("product", "products");
    public static readonly ApimKind ProductPolicy = new("policy of a product", "policies", Product) { IsPolicy = true };
    public static readonly ApimKind ProductApi = new("API of a product", "apis", Product);

    public static readonly IReadOnlyList<ApimKind> All =
    [
        NamedValue,
        VersionSet,
        Backend,
        Logger,
        PolicyFragment,
        Diagnostic,
        Policy,
        Api,
        ApiDiagnostic,
        ApiPolicy,
        Operation,
        OperationPolicy,
        Release,
        Product,
        ProductPolicy,
        ProductApi,
    ];

    private ApimKind(string word, string collection, ApimKind? parent = null)
    {
        Word = word;
        Collection = collection;
        Parent = parent;
    }

    /// <summary>For people.</summary>
    public string Word { get; }

    /// <summary>The last but one segment of the path.</summary>
    public string Collection { get; }

    /// <summary>Null for what is directly below the service.</summary>
    public ApimKind? Parent { get; }

    /// <summary>One XML document, of the one name <c>policy</c>.</summary>
    public bool IsPolicy { get; private init; }

    public override string ToString() => Word;
}
