using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.ApiManagement.Resources;

/// <summary>A resource as a commit wants it.</summary>
/// <param name="Properties">
/// The member <c>properties</c> of its body, overrides applied. Of a policy: <c>format</c> = <c>rawxml</c> and <c>value</c>. What is not named becomes what the service
/// makes of it.
/// </param>
/// <param name="File">In the repository, for findings and plans.</param>
public sealed record ApimResource(ApimAddress Address, JsonObject Properties, string File)
{
    /// <summary>Of an API alone; null where the commit has none.</summary>
    public ApiSpecification? Specification { get; init; }
}

/// <summary>The document that an API's operations come from.</summary>
/// <param name="Format">As the service names it on import: <c>openapi</c> (YAML), <c>openapi+json</c>, <c>swagger-json</c>, <c>wsdl</c>, <c>wadl-xml</c>, <c>graphql</c>.</param>
/// <param name="Operations">Sorted by id; empty where the format has none that are read here.</param>
public sealed record ApiSpecification(
    string Format,
    string Text,
    string File,
    IReadOnlyList<SpecifiedOperation> Operations
);

/// <param name="Id">The document's <c>operationId</c>, or what the service makes of method and path where it has none.</param>
/// <param name="Method">In upper case.</param>
/// <param name="UrlTemplate">E.g. <c>/pets/{id}</c>.</param>
public sealed record SpecifiedOperation(string Id, string Method, string UrlTemplate);
