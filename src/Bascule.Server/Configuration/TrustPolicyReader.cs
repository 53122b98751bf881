using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads one entry of <c>trust_policies</c>. What is not said is not given: a policy without a subject, repository, ref or verb is a mistake.</summary>
internal sealed class TrustPolicyReader(
    IReadOnlyDictionary<string, TrustedIssuer?> issuers,
    IReadOnlyList<string> signIns,
    IReadOnlyList<string> forges
)
{
    internal const string LifetimeRemedy = "write 1m to 60m, or 1h";
    private const string VerbRemedy = "write [fetch], [push] or both";
    private const string DeployRemedy =
        "write a policy of its own for each deploy ref, with that one full name, e.g. [refs/heads/deploy/production]";

    private const string RefRemedy = "list full names, e.g. [refs/heads/main], or [\"refs/**\"] for all";
    private static readonly string[] SubjectKeys = ["subject", "subject_pattern", "subject_regex"];

    public TrustPolicy? Read(string name, SettingReader settings)
    {
        var issuer = ReadIssuer(settings);
        var subject = ReadSubject(settings);
        var audiences = ReadAudiences(settings, issuer);
        var others = settings.Flag("other_audiences");
        var claims = settings.Map("claims") is { } map ? ClaimRulesReader.Read(map) : [];
        var repositories = RepositoriesReader.Read(settings, forges);
        var refs = ReadRefs(settings);
        var verbs = ReadVerbs(settings);
        var lifetime = ApprovalsReader.ReadTime(
            settings,
            "lifetime",
            TrustPolicy.UsualLifetime,
            TrustPolicy.LongestLifetime,
            LifetimeRemedy
        );
        var once = settings.Flag("single_use");
        settings.RefuseOthers();
        if (settings.HasProblems || issuer is null || subject is null)
            return null;
        return new TrustPolicy(name)
        {
            Issuer = issuer.Url,
            Subject = subject,
            Audiences = audiences,
            AllowOtherAudiences = others,
            Claims = claims,
            Repositories = repositories,
            Refs = new RefPatterns(refs),
            Verbs = verbs,
            Lifetime = lifetime,
            IsSingleUse = once,
        };
    }

    private TrustedIssuer? ReadIssuer(SettingReader settings)
    {
        if (settings.RequiredText("issuer", "name one that stands below issuers or sign_in") is not { } name)
            return null;
        if (!issuers.TryGetValue(name, out var issuer))
            settings.Refuse(
                "issuer",
                $"names '{name}', which is not below issuers or sign_in",
                issuers.Count > 0 ? $"use one of: {string.Join(", ", issuers.Keys)}" : "add it below issuers"
            );
        return issuer;
    }

    private static ClaimDemand? ReadSubject(SettingReader settings)
    {
        var given = SubjectKeys.Where(key => settings.Find(key) is not null).ToList();
        if (given is not [var key])
        {
            settings.Refuse(
                given.Count == 0 ? SubjectKeys[0] : given[^1],
                given.Count == 0 ? "is missing" : $"stands beside {given[0]}",
                $"write exactly one of {string.Join(", ", SubjectKeys)}"
            );
            return null;
        }
        return key switch
        {
            "subject" => settings.RequiredText(key, "write what sub must be") is { } text ? new IsOneOf([text]) : null,
            "subject_pattern" => ClaimRulesReader.ReadGlob(settings, key),
            _ => ClaimRulesReader.ReadRegex(settings, key),
        };
    }

    /// <summary>Those of the issuer where the policy names none. Sessions of people have none, so a policy for a sign-in may do without.</summary>
    private IReadOnlyList<string> ReadAudiences(SettingReader settings, TrustedIssuer? issuer)
    {
        const string Remedy = "list what the tokens say in aud, e.g. [\"https://bascule.example.com\"]";
        if (settings.Find("audiences") is null)
        {
            if (issuer is { Audiences.Count: 0 } && !signIns.Contains(settings.Text("issuer")))
                settings.Refuse("audiences", "is missing, and its issuer names none", Remedy);
            return issuer?.Audiences ?? [];
        }
        var audiences = settings.RequiredTexts("audiences", Remedy);
        if (audiences.Any(string.IsNullOrWhiteSpace))
            settings.Refuse("audiences", "holds an empty text", Remedy);
        return audiences;
    }

    private static IReadOnlyList<Glob> ReadRefs(SettingReader settings)
    {
        var refs = settings.RequiredGlobs("refs", RefRemedy);
        foreach (var pattern in refs.Where(one => !one.ToString().StartsWith("refs/", StringComparison.Ordinal)))
            settings.Refuse("refs", $"holds '{pattern}', which is not below refs/", RefRemedy);
        if (refs.Any(IsOfDeployRefs) && new RefPatterns(refs).DeployEnvironment is null)
            settings.Refuse("refs", "holds a deploy ref beside others, or by a pattern", DeployRemedy);
        return refs;
    }

    private static bool IsOfDeployRefs(Glob pattern) =>
        pattern.ToString().StartsWith(DeployPlace.Prefix, StringComparison.Ordinal);

    internal static HashSet<GitVerb> ReadVerbs(SettingReader settings)
    {
        HashSet<GitVerb> verbs = [];
        foreach (var text in settings.RequiredTexts("verbs", VerbRemedy))
            if (GitVerbWords.Find(text) is { } verb)
                verbs.Add(verb);
            else
                settings.Refuse("verbs", $"holds '{text}', which is no verb", VerbRemedy);
        return verbs;
    }
}
