using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Source.Specifications;

/// <summary>Reads what an API's operations come from, and finds what would make a reader fetch something else (THREATS T132).</summary>
internal static class SpecificationReader
{
    private const int LongestScalar = 1024 * 1024;

    /// <summary>Null, with a finding, when it does not parse.</summary>
    public static ApiSpecification? Read(SourceFile file, ApimSourceLimits limits, ApimFindings findings) =>
        file.Path[file.Path.LastIndexOf('.')..] switch
        {
            ".json" => Json(file, limits, findings),
            ".yaml" or ".yml" => Yaml(file, limits, findings),
            ".wsdl" => Xml(file, limits, findings, "wsdl"),
            ".wadl" => Xml(file, limits, findings, "wadl-xml"),
            _ => new ApiSpecification("graphql", file.Text, file.Path, []),
        };

    private static ApiSpecification? Json(SourceFile file, ApimSourceLimits limits, ApimFindings findings)
    {
        var read = JsonText.Read(file.Bytes, limits.Depth);
        if (read.Failed(out var problem))
            findings.Error(file.Path, 1, ApimRule.Specification, $"is not JSON as it must be: {problem.Message}");
        else if (JsonTree.Read(file.Bytes, file.Path, limits.Depth) is { } document)
            return new OpenApiDocument(document, file, findings).Read(isYaml: false);
        else
            findings.Error(file.Path, 1, ApimRule.Specification, "is no JSON object, and so no OpenAPI document");
        return null;
    }

    private static ApiSpecification? Yaml(SourceFile file, ApimSourceLimits limits, ApimFindings findings)
    {
        List<SettingProblem> problems = [];
        var bounds = new YamlLimits(limits.FileBytes, limits.Nodes)
        {
            MaxDepth = limits.Depth,
            MaxScalar = LongestScalar,
        };
        var document = YamlReader.Read(file.Bytes, file.Path, bounds, problems);
        foreach (var problem in problems)
            findings.Error(
                file.Path,
                problem.Location.Line,
                ApimRule.Specification,
                $"{problem.Key}: {problem.Message}; {problem.Remedy}"
            );
        return document is null || problems.Count > 0
            ? null
            : new OpenApiDocument(document, file, findings).Read(isYaml: true);
    }

    private static ApiSpecification? Xml(
        SourceFile file,
        ApimSourceLimits limits,
        ApimFindings findings,
        string format
    ) =>
        XmlDescription.IsSelfContained(file, limits, findings)
            ? new ApiSpecification(format, file.Text, file.Path, [])
            : null;
}
