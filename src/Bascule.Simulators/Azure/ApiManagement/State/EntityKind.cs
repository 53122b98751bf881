using System.Text.RegularExpressions;

namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>One kind of entity below a service: where it lies and what it takes.</summary>
/// <param name="Chain">The collections on the way to it, e.g. <c>apis/operations/policies</c>.</param>
/// <param name="Word">As the service names it when it is not there.</param>
/// <param name="Create">Definition of <c>properties</c> of a PUT; null when it takes no body.</param>
/// <param name="Update">Of a PATCH; null when it cannot be patched.</param>
internal sealed record EntityKind(string Chain, string Word, string? Create, string? Update)
{
    private const string Usual = "^[^*#&+:<>?]+$";

    public static readonly EntityKind NamedValue = new(
        "namedValues",
        "Named value",
        "NamedValueCreateContractProperties",
        "NamedValueUpdateParameterProperties"
    )
    {
        IsLong = true,
        Longest = 256,
    };

    public static readonly EntityKind VersionSet = new(
        "apiVersionSets",
        "Api version set",
        "ApiVersionSetContractProperties",
        "ApiVersionSetUpdateParametersProperties"
    );

    public static readonly EntityKind Backend = new(
        "backends",
        "Backend",
        "BackendContractProperties",
        "BackendUpdateParameterProperties"
    );

    public static readonly EntityKind Logger = new(
        "loggers",
        "Logger",
        "LoggerContractProperties",
        "LoggerUpdateParameters"
    )
    {
        Longest = 256,
    };

    public static readonly EntityKind Fragment = new(
        "policyFragments",
        "Policy fragment",
        "PolicyFragmentContractProperties",
        null
    )
    {
        IsLong = true,
        Pattern = @"(^[\w]+$)|(^[\w][\w\-]+[\w]$)",
    };

    public static readonly EntityKind Diagnostic = new(
        "diagnostics",
        "Diagnostic",
        "DiagnosticContractProperties",
        "DiagnosticContractProperties"
    );

    public static readonly EntityKind Policy = PolicyAt("policies");

    public static readonly EntityKind Product = new(
        "products",
        "Product",
        "ProductContractProperties",
        "ProductUpdateProperties"
    )
    {
        Longest = 256,
    };

    public static readonly EntityKind ProductPolicy = PolicyAt("products/policies");
    public static readonly EntityKind ProductApi = new("products/apis", "Api", null, null) { Longest = 256 };

    public static readonly EntityKind Api = new(
        "apis",
        "Api",
        "ApiCreateOrUpdateProperties",
        "ApiContractUpdateProperties"
    )
    {
        IsLong = true,
        Longest = 256,
    };

    public static readonly EntityKind Operation = new(
        "apis/operations",
        "Operation",
        "OperationContractProperties",
        "OperationUpdateContractProperties"
    );

    public static readonly EntityKind ApiPolicy = PolicyAt("apis/policies");
    public static readonly EntityKind OperationPolicy = PolicyAt("apis/operations/policies");

    public static readonly EntityKind ApiDiagnostic = new(
        "apis/diagnostics",
        "Diagnostic",
        "DiagnosticContractProperties",
        "DiagnosticContractProperties"
    )
    {
        IsOfAllRevisions = true,
    };

    public static readonly EntityKind Release = new(
        "apis/releases",
        "Release",
        "ApiReleaseContractProperties",
        "ApiReleaseContractProperties"
    )
    {
        IsOfAllRevisions = true,
    };

    public static readonly IReadOnlyList<EntityKind> All =
    [
        NamedValue,
        VersionSet,
        Backend,
        Logger,
        Fragment,
        Diagnostic,
        Policy,
        Product,
        ProductPolicy,
        ProductApi,
        Api,
        Operation,
        ApiPolicy,
        OperationPolicy,
        ApiDiagnostic,
        Release,
    ];

    /// <summary>A PUT or PATCH takes long: it is answered before it is done.</summary>
    public bool IsLong { get; private init; }

    public bool IsPolicy { get; private init; }

    /// <summary>It hangs on an API as such: its path takes no <c>;rev=</c>.</summary>
    public bool IsOfAllRevisions { get; private init; }

    /// <summary>Of a name, in characters.</summary>
    public int Longest { get; private init; } = 80;

    public string Pattern { get; private init; } = Usual;

    public bool IsBelowApi => Chain.StartsWith("apis", StringComparison.Ordinal);

    public string Type => $"Microsoft.ApiManagement/service/{Chain}";

    public bool Takes(string name) =>
        name.Length > 0
        && name.Length <= Longest
        && (!IsPolicy || name == "policy")
        && Regex.IsMatch(name, Pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    private static EntityKind PolicyAt(string chain) =>
        new(chain, "Policy", "PolicyContractProperties", null) { IsPolicy = true };
}
