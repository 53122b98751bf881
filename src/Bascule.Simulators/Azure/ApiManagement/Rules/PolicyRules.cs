using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Rules;

/// <summary>What a policy may say, and that all it names is there.</summary>
internal sealed class PolicyRules(EntityStore store)
{
    public static PolicyDocument Read(Entity entity) =>
        PolicyDocument.Parse(entity.Text("value")!, IsRaw(entity.Properties), Root(entity.Kind), out _)!;

    public ArmReply? Check(EntityKind kind, JsonObject properties)
    {
        if (properties["format"] is { } format && ((string)format!).EndsWith("-link", StringComparison.Ordinal))
            return ArmReply.Unknown($"policies of the format {format}");
        var document = PolicyDocument.Parse((string)properties["value"]!, IsRaw(properties), Root(kind), out var fault);
        return fault is { } wrong ? ArmReply.Invalid(wrong.Element, wrong.Words) : References(document!);
    }

    private ArmReply? References(PolicyDocument document)
    {
        foreach (var (element, id) in document.Named("include-fragment", "fragment-id"))
            if (store.Find($"policyFragments/{id}") is null)
                return ArmReply.Invalid(
                    "include-fragment",
                    PolicyDocument.Place(element, $"Policy fragment with id '{id}' could not be found.")
                );
        foreach (var (element, id) in document.Named("set-backend-service", "backend-id"))
            if (id.Length > 0 && store.Find($"backends/{id}") is null)
                return ArmReply.Invalid(
                    "set-backend-service",
                    PolicyDocument.Place(element, $"Backend with id '{id}' could not be found.")
                );
        return NamedValues(document.NamedValues());
    }

    /// <summary>Null when every name is the display name of a named value.</summary>
    public ArmReply? NamedValues(IEnumerable<string> names)
    {
        var known = store.Of(EntityKind.NamedValue).Select(value => value.Text("displayName")).ToHashSet();
        return names.FirstOrDefault(name => !known.Contains(name)) is { } missing
            ? ArmReply.Invalid("{{" + missing + "}}", $"Cannot find a property '{missing}'.")
            : null;
    }

    private static bool IsRaw(JsonObject properties) => (string?)properties["format"] == "rawxml";

    private static string Root(EntityKind kind) => kind == EntityKind.Fragment ? "fragment" : "policies";
}
