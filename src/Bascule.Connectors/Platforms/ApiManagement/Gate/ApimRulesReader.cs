using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>Reads rules strictly: a key that is not known is refused, and every problem is told at once.</summary>
public static partial class ApimRulesReader
{
    private const int MostNames = 500;
    private const string ElementRemedy = "write names of elements, e.g. [validate-jwt, rate-limit]";
    private const string HostRemedy = "write hosts, e.g. [login.example.com, \"*.example.net\", api.example.com:8443]";

    /// <summary>Null when something is wrong; everything that is wrong is in <paramref name="problems"/>.</summary>
    public static ApimRules? Read(SettingMap map, ICollection<SettingProblem> problems)
    {
        var settings = new SettingReader(map, "", problems);
        var rules = Read(settings);
        return problems.Count == 0 ? rules : null;
    }

    /// <summary>As a block of other settings; null when something is wrong with it.</summary>
    internal static ApimRules? Read(SettingReader settings)
    {
        var usual = new ApimRules();
        var rules = new ApimRules
        {
            Deny = ElementsOf(settings, "deny"),
            Require = RequiredOf(settings),
            KeepBase = settings.Flag("keep_base", usual.KeepBase),
            WildcardWithCredentials = CorsOf(settings, usual.WildcardWithCredentials),
            SendRequestHosts = HostsOf(settings, "send_request_hosts"),
            IssuerHosts = settings.Keys.Contains("issuer_hosts") ? HostsOf(settings, "issuer_hosts") : null,
            Expressions = ExpressionsOf(settings),
            Secrets = StanceOf(settings, "secrets", usual.Secrets, isAllowed: false),
            UnknownElements = StanceOf(settings, "unknown_elements", usual.UnknownElements, isAllowed: true),
            Existing = ExistingOf(settings),
        };
        settings.Find("issuer_hosts");
        settings.RefuseOthers();
        return settings.HasProblems ? null : rules;
    }

    private static RequiredElements RequiredOf(SettingReader settings)
    {
        if (settings.Map("require") is not { } levels)
            return new RequiredElements();
        var required = new RequiredElements
        {
            Service = ElementsOf(levels, "service"),
            Product = ElementsOf(levels, "product"),
            Api = ElementsOf(levels, "api"),
            Operation = ElementsOf(levels, "operation"),
        };
        levels.RefuseOthers();
        return required;
    }

    private static ApimStance CorsOf(SettingReader settings, ApimStance usual)
    {
        if (settings.Map("cors") is not { } cors)
            return usual;
        var stance = StanceOf(cors, "wildcard_with_credentials", usual, isAllowed: false);
        cors.RefuseOthers();
        return stance;
    }

    private static IReadOnlyList<string>? ExpressionsOf(SettingReader settings)
    {
        if (settings.Map("expressions") is not { } expressions)
            return ApimRules.UsualExpressions;
        var allowed = expressions.Find("allow") switch
        {
            SettingScalar { Text: "all" } => null,
            SettingScalar { Text: "none" } => [],
            SettingList => ElementsOf(expressions, "allow"),
            null => ApimRules.UsualExpressions,
            _ => Refused(),
        };
        expressions.RefuseOthers();
        return allowed;

        IReadOnlyList<string> Refused()
        {
            expressions.Refuse("allow", "is neither all, none nor a list", ElementRemedy);
            return [];
        }
    }

    private static ExistingResources ExistingOf(SettingReader settings)
    {
        if (settings.Map("existing") is not { } existing)
            return new ExistingResources();
        var names = new ExistingResources
        {
            NamedValues = existing.Texts("named_values"),
            Backends = existing.Texts("backends"),
            Loggers = existing.Texts("loggers"),
            Fragments = existing.Texts("policy_fragments"),
            VersionSets = existing.Texts("version_sets"),
            Apis = existing.Texts("apis"),
        };
        existing.RefuseOthers();
        return names;
    }

    private static IReadOnlyList<string> ElementsOf(SettingReader settings, string key)
    {
        var names = settings.Texts(key);
        if (names.Count > MostNames)
            settings.Refuse(key, $"holds more than {MostNames} names", "name fewer");
        foreach (var name in names.Where(name => !Element().IsMatch(name)))
            settings.Refuse(key, $"holds '{name}', which is no name of an element", ElementRemedy);
        return names;
    }

    private static IReadOnlyList<string> HostsOf(SettingReader settings, string key)
    {
        var hosts = settings.Texts(key);
        if (hosts.Count > MostNames)
            settings.Refuse(key, $"holds more than {MostNames} hosts", "name fewer");
        foreach (var host in hosts.Where(host => !Host().IsMatch(host)))
            settings.Refuse(key, $"holds '{host}', which is no host", HostRemedy);
        return hosts;
    }

    /// <param name="isAllowed">Whether nothing at all may come of it.</param>
    private static ApimStance StanceOf(SettingReader settings, string key, ApimStance usual, bool isAllowed)
    {
        switch (settings.Text(key))
        {
            case "allow" when isAllowed:
                return ApimStance.Allow;
            case "warn":
                return ApimStance.Warn;
            case "refuse":
                return ApimStance.Refuse;
            case null:
                return usual;
            case var other:
                settings.Refuse(
                    key,
                    $"'{other}' is not understood",
                    isAllowed ? "write allow, warn or refuse" : "write warn or refuse"
                );
                return usual;
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Element();

    [GeneratedRegex(
        @"\A(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Host();
}
