using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Yaml;
using Bascule.Core.Exchange;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;

namespace Bascule.Server.Exchange;

/// <summary>Reads the file of <c>bascule policy test</c>, as strictly as the settings.</summary>
public static class TrustCasesReader
{
    private const string ClaimsRemedy =
        "write them as a token has them: claims: { iss: \"https://…\", sub: …, aud: … }";

    public static (IReadOnlyList<TrustCase> Cases, IReadOnlyList<SettingProblem> Problems) Read(
        ReadOnlyMemory<byte> yaml,
        string file
    )
    {
        List<SettingProblem> problems = [];
        List<TrustCase> cases = [];
        if (YamlReader.Read(yaml, file, YamlLimits.Server, problems) is { } map)
        {
            var top = new SettingReader(map, "", problems);
            if (top.Find("decisions") is null or SettingList { Items.Count: 0 })
                top.Refuse("decisions", "is missing or holds nothing", "list the decisions that you expect");
            foreach (var (index, settings) in top.Items("decisions"))
                if (ReadOne(index, settings) is { } read)
                    cases.Add(read);
            top.RefuseOthers();
        }
        return (problems.Count == 0 ? cases : [], SettingProblems.Sort(problems));
    }

    private static TrustCase? ReadOne(int index, SettingReader settings)
    {
        var name = settings.Find("name") is null
            ? $"decision {index}"
            : settings.RequiredText("name", "write what is expected, in words, or remove it");
        var claims = settings.RequiredMap("claims", ClaimsRemedy) is null
            ? null
            : settings.Find("claims") as SettingMap;
        var wish = ReadWish(settings);
        var expected = settings.RequiredText("expect", "write allow or deny");
        if (expected is not (null or "allow" or "deny"))
            settings.Refuse("expect", $"'{expected}' is not understood", "write allow or deny");
        var policy = settings.Find("policy") is null
            ? null
            : settings.RequiredText("policy", "name the policy that is to allow it, or remove it");
        settings.RefuseOthers();
        return settings.HasProblems || name is null || claims is null || wish is null
            ? null
            : new TrustCase(name, JsonSerializer.SerializeToElement(ToJson(claims)), wish, expected == "allow", policy);
    }

    private static ExchangeWish? ReadWish(SettingReader settings)
    {
        const string Remedy = "write forge and repository, e.g. \"git:ml/churn\"";
        List<GitVerb> verbs = [];
        foreach (var text in settings.Texts("verbs"))
            if (GitVerbWords.Find(text) is { } verb)
                verbs.Add(verb);
            else
                settings.Refuse("verbs", $"holds '{text}', which is no verb", "write [fetch], [push] or both");
        if (settings.RequiredText("repository", Remedy) is not { } repository)
            return null;
        var colon = repository.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
            return new ExchangeWish(repository[..colon], repository[(colon + 1)..], verbs);
        settings.Refuse("repository", $"'{repository}' names no forge", Remedy);
        return null;
    }

    /// <summary>By the types that YAML gives: what is in quotes is a text.</summary>
    private static JsonNode? ToJson(SettingNode node) =>
        node switch
        {
            SettingMap map => new JsonObject(
                map.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value)))
            ),
            SettingList list => new JsonArray([.. list.Items.Select(ToJson)]),
            SettingScalar { IsNull: true } => null,
            SettingScalar { Quoted: false, Text: "true" } => JsonValue.Create(true),
            SettingScalar { Quoted: false, Text: "false" } => JsonValue.Create(false),
            SettingScalar { Quoted: false } scalar when IsNumber(scalar.Text, out var number) => JsonValue.Create(
                number
            ),
            SettingScalar scalar => JsonValue.Create(scalar.Text),
            _ => null,
        };

    private static bool IsNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && number.ToString(CultureInfo.InvariantCulture) == text;
}
