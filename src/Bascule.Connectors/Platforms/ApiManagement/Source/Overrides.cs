using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// Puts an environment's own values over what all environments share: a YAML file with lists of <c>{ name, properties }</c> by section. Objects are merged member by member,
/// everything else is replaced. What names nothing that exists is an error: a name that was misspelt would leave another environment's value in place.
/// </summary>
internal sealed class Overrides(Dictionary<ApimAddress, ApimResource> resources, ApimFindings findings)
{
    private static readonly YamlLimits Limits = new(1024 * 1024, 50_000);

    private static readonly (string Section, ApimKind Kind)[] Sections =
    [
        ("namedValues", ApimKind.NamedValue),
        ("versionSets", ApimKind.VersionSet),
        ("backends", ApimKind.Backend),
        ("loggers", ApimKind.Logger),
        ("policyFragments", ApimKind.PolicyFragment),
        ("diagnostics", ApimKind.Diagnostic),
        ("apis", ApimKind.Api),
        ("products", ApimKind.Product),
    ];

    public string? ServiceName { get; private set; }

    /// <summary>The file that was applied; null for none.</summary>
    public string? Apply(IReadOnlyList<SourceFile> files, ApimFolder folder)
    {
        if (files.Count > 1)
            findings.Error(
                files[0].Path,
                1,
                ApimRule.Override,
                $"is a second file of overrides of '{folder.Environment}' beside {ApimFindings.Quote(files[1].Path)}; keep one of them"
            );
        if (files.Count != 1)
            return null;
        List<SettingProblem> problems = [];
        if (YamlReader.Read(files[0].Bytes, files[0].Path, Limits, problems) is { } map && problems.Count == 0)
            Apply(new SettingReader(map, "", problems), problems);
        foreach (var problem in problems.Take(SettingProblems.Most))
            findings.Error(
                files[0].Path,
                problem.Location.Line,
                ApimRule.Override,
                $"{problem.Key}: {problem.Message}; {problem.Remedy}"
            );
        return files[0].Path;
    }

    private void Apply(SettingReader settings, List<SettingProblem> problems)
    {
        ServiceName = settings.Text("apimServiceName");
        foreach (var (section, kind) in Sections)
        foreach (var (_, item) in settings.Items(section))
            Apply(item, kind, null, problems);
        settings.RefuseOthers();
    }

    private void Apply(SettingReader item, ApimKind kind, ApimAddress? above, List<SettingProblem> problems)
    {
        if (item.RequiredText("name", $"name the {kind} whose properties these are") is not { } name)
            return;
        var found = resources.Keys.FirstOrDefault(one =>
            one.Kind == kind && Equals(one.Parent, above) && one.Name == name
        );
        if (found is null)
            item.Refuse(
                "name",
                $"names the {kind} {ApimFindings.Quote(name)}, which is not in the commit",
                "correct it, letter for letter, or remove the entry"
            );
        if (item.Map("properties") is not { } properties || found is null)
            item.Find("properties");
        else if (SentTexts.FirstIn(kind, properties.Keys) is { } member)
            properties.Refuse(member, "is a text of its own file", "change it there, for all environments");
        else
            resources[found] = resources[found] with
            {
                Properties = new ValueMerge(problems).Over(
                    resources[found].Properties,
                    properties.Source,
                    properties.Path
                ),
            };
        if (kind == ApimKind.Api)
            foreach (var (_, inner) in item.Items("diagnostics"))
                Apply(inner, ApimKind.ApiDiagnostic, found ?? ApimAddress.Of(ApimKind.Api, "?"), problems);
        item.RefuseOthers();
    }
}
