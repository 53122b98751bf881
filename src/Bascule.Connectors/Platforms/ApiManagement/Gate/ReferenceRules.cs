using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Whether everything that is referred to will be there: the service refuses the rest, and then half of a commit is deployed.</summary>
internal sealed partial class ReferenceRules(ApimSource source, KnownNames known, ApimFindings findings)
{
    public void Judge(PolicyDocument policy)
    {
        foreach (var element in policy.Top.All())
        foreach (var text in element.Texts)
        {
            foreach (var name in NamedValuesIn(text.Value).Where(name => !known.NamedValues.Contains(name)))
                Missing(policy.File, text.Line, "named value", name);
            if (KindOf(element, text) is { } kind)
                Judge(policy, text, kind.Word, kind.Names);
        }
        if (policy.Level is PolicyLevel.Operation)
            JudgeOperation(policy);
    }

    public void Judge(ApimResource resource)
    {
        var kind = resource.Address.Kind;
        if (PolicyLevels.Of(kind) is not null)
            return;
        foreach (var name in TextsIn(resource.Properties).SelectMany(NamedValuesIn).Distinct())
            if (!known.NamedValues.Contains(name))
                Missing(resource.File, source.LineOf(resource.File, "{{" + name), "named value", name);
        if (kind == ApimKind.Api)
            Judge(resource, resource.Properties["apiVersionSetId"], ApimKind.VersionSet, known.VersionSets);
        if (kind == ApimKind.Diagnostic || kind == ApimKind.ApiDiagnostic)
            Judge(resource, resource.Properties["loggerId"], ApimKind.Logger, known.Loggers);
        if (kind == ApimKind.Backend && (resource.Properties["pool"] as JsonObject)?["services"] is JsonArray services)
            foreach (var service in services)
                Judge(resource, (service as JsonObject)?["id"], ApimKind.Backend, known.Backends);
        if (kind == ApimKind.ProductApi && !known.Apis.Contains(resource.Address.Name))
            Missing(resource.File, source.LineOf(resource.File, resource.Address.Name), "API", resource.Address.Name);
    }

    /// <summary>The names between <c>{{</c> and <c>}}</c>.</summary>
    internal static IEnumerable<string> NamedValuesIn(string text) =>
        NamedValue().Matches(text).Select(match => match.Groups["name"].Value.Trim());

    private (string Word, IReadOnlySet<string> Names)? KindOf(PolicyElement element, PolicyText text) =>
        text.Name switch
        {
            "backend-id" => ("backend", known.Backends),
            "fragment-id" when element.Is(PolicyWords.IncludeFragment) => ("policy fragment", known.Fragments),
            "logger-id" => ("logger", known.Loggers),
            _ => null,
        };

    private void Judge(PolicyDocument policy, PolicyText text, string word, IReadOnlySet<string> names)
    {
        if (text.IsOpen)
            findings.Warn(
                policy.File,
                text.Line,
                ApimRule.Reference,
                $"names a {word} that shows in the service alone, so nobody knows that it exists; write its name"
            );
        else if (!names.Contains(text.Value))
            Missing(policy.File, text.Line, word, text.Value);
    }

    private void Judge(ApimResource resource, JsonNode? id, ApimKind kind, IReadOnlySet<string> names)
    {
        if (id is null)
            return;
        var text = id.ToString();
        var parts = text.Split('/');
        if (parts.Length < 3 || !string.Equals(parts[^2], kind.Collection, StringComparison.OrdinalIgnoreCase))
            findings.Error(
                resource.File,
                source.LineOf(resource.File, text),
                ApimRule.Reference,
                $"has {ApimFindings.Quote(text)}, which is the id of no {kind}; write /{kind.Collection}/NAME"
            );
        else if (!names.Contains(parts[^1]))
            Missing(resource.File, source.LineOf(resource.File, text), kind.Word, parts[^1]);
    }

    private void JudgeOperation(PolicyDocument policy)
    {
        var operation = policy.Resource.Address.Parent!;
        var api = source.Resources.FirstOrDefault(one => one.Address.Equals(operation.Parent));
        if (
            api?.Specification is { Operations: { Count: > 0 } operations }
            && !operations.Any(one => string.Equals(one.Id, operation.Name, StringComparison.OrdinalIgnoreCase))
        )
            findings.Error(
                policy.File,
                1,
                ApimRule.Reference,
                $"is of the operation {ApimFindings.Quote(operation.Name)}, which {ApimFindings.Quote(api.Specification.File)} does not have; name the folder as its operationId"
            );
    }

    private void Missing(string file, int line, string word, string name) =>
        findings.Error(
            file,
            line,
            ApimRule.Reference,
            $"uses the {word} {ApimFindings.Quote(name)}, which is not in the commit; add it, or name it below existing in the rules"
        );

    private static IEnumerable<string> TextsIn(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(member => TextsIn(member.Value)),
            JsonArray list => list.SelectMany(TextsIn),
            JsonValue value when value.GetValueKind() is JsonValueKind.String => [value.ToString()],
            _ => [],
        };

    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedValue();
}
