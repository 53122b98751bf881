using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.ApiManagement.Import;

/// <summary>One operation that a document describes.</summary>
/// <param name="Id">Normalised, unique in the document.</param>
internal sealed record ImportedOperation(string Id, JsonObject Properties);

/// <summary>What an import makes of a document.</summary>
/// <param name="Title">For the API's name where the request has none.</param>
/// <param name="ServiceUrl">Absolute; null when the document has none.</param>
internal sealed record ImportedApi(
    string? Title,
    string? Description,
    string? ServiceUrl,
    IReadOnlyList<ImportedOperation> Operations
);
