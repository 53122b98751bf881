using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Looks at what a commit wants a service to hold, before anything is sent there: a policy is code that the service runs (THREATS T127). Calls nobody.</summary>
public static class ApimGate
{
    /// <returns>The findings of the source and those of the rules; what could not be read is an error, never fine.</returns>
    public static ApimReport Check(ApimSource source, ApimRules rules)
    {
        var findings = new ApimFindings();
        foreach (var finding in source.Findings)
            findings.Take(finding);
        var policies = Read(source, findings);
        var known = new KnownNames(source, rules.Existing);
        var structure = new StructureRules(rules, findings);
        var elements = new ElementRules(rules, findings);
        var references = new ReferenceRules(source, known, findings);
        var secrets = new SecretRules(source, rules, findings);
        foreach (var policy in policies)
        {
            structure.Judge(policy);
            elements.Judge(policy);
            references.Judge(policy);
            secrets.Judge(policy);
        }
        foreach (var resource in source.Resources)
        {
            references.Judge(resource);
            secrets.Judge(resource);
        }
        new NamedValueRules(source, rules, findings).Judge();
        secrets.JudgeTexts();
        new RequireRules(source, policies, rules.Require, findings).Judge();
        return new ApimReport
        {
            Findings = findings.Sorted(),
            Files = source.Files,
            Resources = source.Resources.Count,
        };
    }

    private static List<PolicyDocument> Read(ApimSource source, ApimFindings findings)
    {
        List<PolicyDocument> policies = [];
        foreach (var resource in source.Resources)
        {
            if (PolicyLevels.Of(resource.Address.Kind) is not { } level || TextOf(resource) is not { } text)
                continue;
            var file = FileOf(resource);
            if (PolicyReader.Read(text, file, findings) is { } top)
                policies.Add(new PolicyDocument(resource, level, top, file));
        }
        return policies;
    }

    /// <summary>What is sent, and not what the file holds: the two are the same, and this is the one that counts.</summary>
    private static string? TextOf(ApimResource resource) => (string?)resource.Properties["value"];

    private static string FileOf(ApimResource resource) =>
        resource.Address.Kind == ApimKind.PolicyFragment
            ? $"{resource.File[..(resource.File.LastIndexOf('/') + 1)]}policy.xml"
            : resource.File;
}
