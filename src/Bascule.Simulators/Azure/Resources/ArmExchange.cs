namespace Bascule.Simulators.Azure.Resources;

/// <summary>One request and its true answer, before a fault changed it. Tokens are not kept.</summary>
/// <param name="Path">As it was written, percent-encoded.</param>
/// <param name="Query">With its question mark; empty when there is none.</param>
/// <param name="Headers">Of the answer.</param>
public sealed record ArmExchange(
    string Method,
    string Path,
    string Query,
    string? ContentType,
    string? IfMatch,
    string? CorrelationId,
    string Body,
    int Status,
    IReadOnlyDictionary<string, string> Headers,
    string Answer
);
