using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Source.Specifications;

/// <summary>An OpenAPI 3 or Swagger 2.0 document: its operations, and no word that leads out of it.</summary>
internal sealed partial class OpenApiDocument(SettingMap document, SourceFile file, ApimFindings findings)
{
    /// <summary>Of an id that is made of method and path, as the service cuts it.</summary>
    private const int LongestId = 76;

    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    /// <summary>Keys whose value is where something is to be read.</summary>
    private static readonly string[] Pointers = ["$ref", "$dynamicRef", "$recursiveRef", "operationRef"];

    /// <summary>Null, with a finding, when it is no such document.</summary>
    public ApiSpecification? Read(bool isYaml)
    {
        if (FormatOf(isYaml) is not { } format)
            return null;
        LookOutside(document);
        if (Find(document, "paths") is { } paths and not SettingMap)
            Error(paths, ApimRule.Specification, "has paths that are no map; write /path: below paths:");
        return new ApiSpecification(format, file.Text, file.Path, Operations());
    }

    private string? FormatOf(bool isYaml)
    {
        if (Text(document, "openapi") is { } version && version.StartsWith("3.", StringComparison.Ordinal))
            return isYaml ? "openapi" : "openapi+json";
        if (Text(document, "swagger") == "2.0" && !isYaml)
            return "swagger-json";
        Error(
            document,
            ApimRule.Specification,
            isYaml && Text(document, "swagger") is not null
                ? "is Swagger in YAML, which the service takes as JSON alone; write it as specification.json"
                : "says neither openapi: 3.x nor, in JSON, swagger: 2.0 at its top; write which version it is"
        );
        return null;
    }

    private List<SpecifiedOperation> Operations()
    {
        var operations = new SortedDictionary<string, SpecifiedOperation>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in (Find(document, "paths") as SettingMap)?.Entries ?? [])
        foreach (var method in (path.Value as SettingMap)?.Entries ?? [])
        {
            if (!Methods.Contains(method.Key) || method.Value is not SettingMap described)
                continue;
            var id = Text(described, "operationId") is { Length: > 0 } own ? own : MadeId(method.Key, path.Key);
            if (ResourceNames.FaultOf(ApimKind.Operation, id) is { } fault)
                Error(described, ApimRule.Name, $"has the operation {ApimFindings.Quote(id)}, whose id {fault}");
            else if (!operations.TryAdd(id, new SpecifiedOperation(id, method.Key.ToUpperInvariant(), path.Key)))
                Error(
                    described,
                    ApimRule.Duplicate,
                    $"has the operation {ApimFindings.Quote(id)} twice; give one of them another operationId"
                );
        }
        return [.. operations.Values];
    }

    /// <summary>As the service says that it does: lower case, one hyphen for everything that is no letter or digit.</summary>
    private static string MadeId(string method, string path)
    {
        var id = Others().Replace($"{method}-{path}".ToLowerInvariant(), "-").Trim('-');
        return id.Length > LongestId ? id[..LongestId] : id;
    }

    private void LookOutside(SettingNode node)
    {
        if (node is SettingList list)
            foreach (var item in list.Items)
                LookOutside(item);
        if (node is not SettingMap map)
            return;
        foreach (var entry in map.Entries)
        {
            JudgePointer(entry);
            LookOutside(entry.Value);
        }
    }

    private void JudgePointer(SettingEntry entry)
    {
        if (entry.Value is SettingScalar pointer && Pointers.Contains(entry.Key) && !IsInside(pointer.Text))
            Outside(pointer, entry.Key);
        else if (entry.Value is SettingScalar address && entry.Key == "externalValue")
            Outside(address, entry.Key);
        else if (entry is { Key: "discriminator", Value: SettingMap discriminator })
            foreach (var target in (Find(discriminator, "mapping") as SettingMap)?.Entries ?? [])
                if (
                    target.Value is SettingScalar schema
                    && !IsInside(schema.Text)
                    && !SchemaName().IsMatch(schema.Text)
                )
                    Outside(schema, "mapping");
    }

    private void Outside(SettingScalar pointer, string key) =>
        Error(
            pointer,
            ApimRule.ExternalReference,
            $"has {key} {ApimFindings.Quote(pointer.Text)}, which leads out of the document; copy what is there into it, and write #/…"
        );

    private static bool IsInside(string pointer) =>
        pointer == "#" || pointer.StartsWith("#/", StringComparison.Ordinal) || LocalAnchor().IsMatch(pointer);

    private void Error(SettingNode at, ApimRule rule, string text) =>
        findings.Error(file.Path, at.Location.Line, rule, text);

    private static SettingNode? Find(SettingMap map, string key) =>
        map.Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    private static string? Text(SettingMap map, string key) => (Find(map, key) as SettingScalar)?.Text;

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Others();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z", RegexOptions.None, 1000)]
    private static partial Regex SchemaName();

    [GeneratedRegex(@"\A#[A-Za-z][A-Za-z0-9_.-]*\z", RegexOptions.None, 1000)]
    private static partial Regex LocalAnchor();
}
