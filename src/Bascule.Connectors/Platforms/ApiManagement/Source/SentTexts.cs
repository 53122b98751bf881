using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Members that carry a whole document to the service: they come from a file that is checked, and from nowhere else.</summary>
internal static class SentTexts
{
    private static readonly string[] Members = ["format", "value", "wsdlSelector", "sourceApiId"];

    /// <summary>The first of these among the names; null when there is none, or the kind carries no document.</summary>
    public static string? FirstIn(ApimKind kind, IEnumerable<string> names) =>
        kind == ApimKind.Api || kind == ApimKind.PolicyFragment
            ? names.FirstOrDefault(name => Members.Contains(name, StringComparer.OrdinalIgnoreCase))
            : null;

    /// <inheritdoc cref="FirstIn(ApimKind, IEnumerable{string})" />
    public static string? FirstIn(
        ApimKind kind,
        IEnumerable<KeyValuePair<string, System.Text.Json.Nodes.JsonNode?>> members
    ) => FirstIn(kind, members.Select(member => member.Key));
}
