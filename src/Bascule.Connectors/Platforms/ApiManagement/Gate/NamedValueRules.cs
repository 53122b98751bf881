using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Named values stand in policies as if they were written there: what no policy may hold must not come in by them (THREATS T127).</summary>
internal sealed class NamedValueRules(ApimSource source, ApimRules rules, ApimFindings findings)
{
    public void Judge()
    {
        foreach (var resource in source.Resources.Where(one => one.Address.Kind == ApimKind.NamedValue))
            Judge(resource);
    }

    private void Judge(ApimResource resource)
    {
        var value = resource.Properties["value"]?.ToString() ?? "";
        var isSecret = resource.Properties["secret"]?.ToString() is { } secret && !IsFalse(secret);
        if (isSecret && value.Length > 0)
            Error(
                resource,
                ApimRule.Secret,
                "is secret, and its value stands here in clear; name a secret of a key vault (keyVault.secretIdentifier), and replace the value where it is in use"
            );
        else if (isSecret && resource.Properties["keyVault"] is null)
            findings.Warn(
                resource.File,
                1,
                ApimRule.Secret,
                "is secret and has no keyVault: it keeps the value that the service has, and cannot be made new from here"
            );
        if (rules.Expressions is not null && (Has(value, "@(") || Has(value, "@{")))
            Error(
                resource,
                ApimRule.Expression,
                "holds a C# expression, which would run wherever the value is used; write the expression into the policy"
            );
        if (Has(value, "<"))
            Error(
                resource,
                ApimRule.Policy,
                "holds '<', and could become an element where it is used; write a plain value"
            );
    }

    private void Error(ApimResource resource, ApimRule rule, string text) =>
        findings.Error(resource.File, source.LineOf(resource.File, "\"value\""), rule, text);

    private static bool Has(string value, string part) => value.Contains(part, StringComparison.Ordinal);

    private static bool IsFalse(string text) => string.Equals(text, "false", StringComparison.OrdinalIgnoreCase);
}
