using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>What of a resource is not as it is wanted. Only what is wanted is compared: the service adds members of its own.</summary>
internal static class ResourceComparison
{
    private const string ServiceMark = "/providers/microsoft.apimanagement/service/";

    /// <summary>The current revision of an API has these from the service.</summary>
    private static readonly HashSet<string> OfRevision = new(StringComparer.Ordinal)
    {
        "apiRevision",
        "apiRevisionDescription",
        "isCurrent",
        "sourceApiId",
        "format",
        "value",
    };

    /// <summary>The members that differ, as <c>serviceUrl</c> or <c>credentials.header</c>; none when it is as wanted.</summary>
    public static IReadOnlyList<string> Differences(ApimKind kind, JsonObject wanted, JsonObject live)
    {
        if (kind.IsPolicy || kind == ApimKind.PolicyFragment)
            return DifferencesOfPolicy(wanted, live);
        var found = new List<string>();
        foreach (var (name, value) in wanted)
            if (kind != ApimKind.Api || !OfRevision.Contains(name))
                Compare(name, value, live[name], found);
        return found;
    }

    public static bool IsSame(ApimKind kind, JsonObject wanted, JsonObject live) =>
        Differences(kind, wanted, live).Count == 0;

    /// <summary>Whether a resource is still what it was, as far as a change of it goes.</summary>
    public static bool IsUntouched(ApimKind kind, JsonObject wanted, JsonObject before, JsonObject live)
    {
        if (kind.IsPolicy || kind == ApimKind.PolicyFragment)
            return PolicyText.IsSame(TextOf(before), TextOf(live));
        var found = new List<string>();
        foreach (var (name, _) in wanted)
            Compare(name, before[name], live[name], found);
        return found.Count == 0;
    }

    private static List<string> DifferencesOfPolicy(JsonObject wanted, JsonObject live)
    {
        var found = new List<string>();
        if (!PolicyText.IsSame(TextOf(wanted), TextOf(live)))
            found.Add("value");
        if (wanted["description"] is { } description)
            Compare("description", description, live["description"], found);
        return found;
    }

    private static string TextOf(JsonObject policy) =>
        policy["value"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static void Compare(string name, JsonNode? wanted, JsonNode? live, List<string> found)
    {
        switch (wanted)
        {
            case JsonObject map when live is JsonObject there:
                foreach (var (member, value) in map)
                    Compare($"{name}.{member}", value, there[member], found);
                break;
            case JsonArray list when live is JsonArray there && list.Count == there.Count:
                for (var at = 0; at < list.Count; at++)
                    Compare($"{name}[{at}]", list[at], there[at], found);
                break;
            default:
                if (!IsSameValue(wanted, live))
                    found.Add(name);
                break;
        }
    }

    private static bool IsSameValue(JsonNode? wanted, JsonNode? live)
    {
        // What is wanted empty, and what is not there, are one to the service.
        if (wanted is null || live is null)
            return IsNothing(wanted) && IsNothing(live);
        if (wanted.GetValueKind() == JsonValueKind.String && live.GetValueKind() == JsonValueKind.String)
            return IsSameText(wanted.GetValue<string>(), live.GetValue<string>());
        return JsonNode.DeepEquals(wanted, live);
    }

    /// <summary>A reference to another resource of the service is written whole, as the service answers it, or from the service on.</summary>
    private static bool IsSameText(string wanted, string live) =>
        wanted == live
        || (
            wanted.StartsWith('/')
            && live.StartsWith('/')
            && string.Equals(
                IsWhole(wanted) ? wanted : Short(live),
                IsWhole(wanted) ? live : wanted,
                StringComparison.OrdinalIgnoreCase
            )
        );

    private static bool IsWhole(string reference) =>
        reference.Contains(ServiceMark, StringComparison.OrdinalIgnoreCase);

    private static string Short(string reference)
    {
        var mark = reference.IndexOf(ServiceMark, StringComparison.OrdinalIgnoreCase);
        var start = mark < 0 ? -1 : reference.IndexOf('/', mark + ServiceMark.Length);
        return start < 0 ? reference : reference[start..];
    }

    private static bool IsNothing(JsonNode? node) =>
        node switch
        {
            null => true,
            JsonArray list => list.Count == 0,
            JsonValue value => value.TryGetValue<string>(out var text) && text.Length == 0,
            _ => false,
        };
}
