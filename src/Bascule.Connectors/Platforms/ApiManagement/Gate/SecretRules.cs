using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Secrets that stand in clear, and those that a policy would hand to callers. Messages never hold one.</summary>
internal sealed partial class SecretRules(ApimSource source, ApimRules rules, ApimFindings findings)
{
    private const string Remedy = "use a named value that takes it from a key vault, as {{name}}";

    private static readonly string[] Headers =
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Ocp-Apim-Subscription-Key",
        "X-Api-Key",
        "Api-Key",
        "X-Functions-Key",
    ];

    private static readonly string[] Parameters = ["code", "sig", "key", "api-key", "subscription-key", "access_token"];

    /// <summary>Members of credentials that are no secrets.</summary>
    private static readonly string[] Plain =
    [
        "name",
        "scheme",
        "endpointAddress",
        "identityClientId",
        "url",
        "username",
    ];

    private readonly HashSet<string> _secret = source
        .Resources.Where(one => one.Address.Kind == ApimKind.NamedValue && IsSecret(one))
        .Select(one => one.Properties["displayName"]?.ToString() ?? one.Address.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public void Judge(PolicyDocument policy)
    {
        foreach (var element in policy.Top.All())
        {
            if (ClearIn(element) is { } clear)
                Found(
                    policy.File,
                    clear.Line,
                    $"has a secret in clear in {ApimFindings.Quote(element.Name)}; {Remedy}"
                );
            if (IsAnswer(element))
                foreach (var text in element.Texts)
                foreach (var name in ReferenceRules.NamedValuesIn(text.Value).Where(_secret.Contains))
                    Found(
                        policy.File,
                        text.Line,
                        $"puts the secret named value {ApimFindings.Quote(name)} into what callers get; do without it"
                    );
        }
    }

    public void Judge(ApimResource resource)
    {
        if (resource.Address.Kind == ApimKind.Logger || resource.Address.Kind == ApimKind.Backend)
            foreach (var member in (string[])["credentials", "proxy"])
            foreach (var (name, value) in SecretsIn(member, resource.Properties[member]))
                if (value.Length > 0 && !OneNamedValue().IsMatch(value))
                    Found(
                        resource.File,
                        source.LineOf(resource.File, $"\"{name}\""),
                        $"has the credential {ApimFindings.Quote(name)} in clear; {Remedy}"
                    );
    }

    /// <summary>What has the shape of a known credential, in every line of every file: comments and examples too.</summary>
    public void JudgeTexts()
    {
        foreach (var (file, text) in source.Texts)
        {
            if (SecretShapes.Find(text) is null)
                continue;
            var line = 0;
            foreach (var part in text.Split('\n'))
            {
                line++;
                if (SecretShapes.Find(part) is { } kind)
                    Found(file, line, $"holds what looks like {kind}; {Remedy}, and replace it where it is in use");
            }
        }
    }

    private void Found(string file, int line, string text) =>
        findings.Take(rules.Secrets, file, line, ApimRule.Secret, text);

    private static PolicyText? ClearIn(PolicyElement element)
    {
        var parent = element.Parent;
        var text =
            element.Is("authentication-basic") || element.Is("authentication-certificate")
                ? element.Texts.FirstOrDefault(one => one.Name is "password" or "body")
            : element.Is("proxy") ? element.Texts.FirstOrDefault(one => one.Name == "password")
            : element.Is("key")
            && parent is not null
            && (parent.Is("issuer-signing-keys") || parent.Is("decryption-keys"))
                ? element.Texts.FirstOrDefault(one => one.Name.Length == 0)
            : element.Is("value") && parent is not null && IsNamed(parent, "set-header", Headers)
            || element.Is("value") && parent is not null && IsNamed(parent, "set-query-parameter", Parameters)
                ? element.Texts.FirstOrDefault(one => one.Name.Length == 0)
            : null;
        return text is { IsOpen: false } && text.Value.Trim().Length > 0 ? text : null;
    }

    private static bool IsNamed(PolicyElement element, string statement, string[] names) =>
        element.Is(statement) && names.Contains(element["name"]?.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether what it holds goes to whoever called: the answer, and what is made in its place.</summary>
    private static bool IsAnswer(PolicyElement element)
    {
        var above = element.Above().Prepend(element).ToList();
        return !above.Any(one => one.Is("send-request") || one.Is("send-one-way-request"))
            && above.Any(one =>
                one.Is("return-response") || one.Is("outbound") || one.Is("on-error") || one.Is("mock-response")
            );
    }

    private static IEnumerable<(string Name, string Value)> SecretsIn(string name, JsonNode? node) =>
        node switch
        {
            JsonObject map => map.Where(member => !Plain.Contains(member.Key))
                .SelectMany(member => SecretsIn(member.Key, member.Value)),
            JsonArray list => list.SelectMany(item => SecretsIn(name, item)),
            JsonValue value when value.GetValueKind() is JsonValueKind.String && !IsCertificate(name) =>
            [
                (name, value.ToString()),
            ],
            _ => [],
        };

    /// <summary>Ids and thumbprints of certificates that the service holds.</summary>
    private static bool IsCertificate(string name) => name is "certificate" or "certificateIds";

    private static bool IsSecret(ApimResource namedValue) =>
        namedValue.Properties["keyVault"] is not null
        || string.Equals(namedValue.Properties["secret"]?.ToString(), "true", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A([A-Za-z]+ )?\{\{[^{}]+\}\}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OneNamedValue();
}
