using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>policy_repository</c>. How far its policies may go has no default: what is not said is not delegated.</summary>
internal sealed class TrustDelegationReader(
    IReadOnlyDictionary<string, TrustedIssuer?> issuers,
    IReadOnlyList<string> signIns,
    IReadOnlyList<string> forges
)
{
    /// <summary>The largest that JSON tells exactly.</summary>
    private const long LargestId = (1L << 53) - 1;
    private const string RepositoryRemedy = "write FORGE:OWNER/NAME, e.g. git:platform/policies";
    private const string IssuersRemedy = "list names that stand below issuers or sign_in";

    public TrustDelegation? Read(SettingReader top)
    {
        if (top.Map("policy_repository") is not { } settings)
            return null;
        var address = ReadAddress(settings);
        var id = settings.Number("id", 1, LargestId);
        if (id is null && settings.Find("id") is null)
            settings.Refuse("id", "is missing", "write the repository's number at the forge, as its API tells it");
        var branch = ReadBranch(settings);
        var known = ReadIssuers(settings);
        var repositories = RepositoriesReader.Read(settings, forges);
        var verbs = TrustPolicyReader.ReadVerbs(settings);
        var lifetime = ApprovalsReader.ReadTime(
            settings,
            "lifetime",
            TrustPolicy.UsualLifetime,
            TrustPolicy.LongestLifetime,
            TrustPolicyReader.LifetimeRemedy
        );
        var unprotected = ReadUnprotected(settings);
        settings.RefuseOthers();
        if (settings.HasProblems || address is not { } found || id is null || branch is not { } name)
            return null;
        return new TrustDelegation(found.Forge, found.Owner, found.Name, id.Value)
        {
            Branch = name,
            Issuers = known,
            SignIns = [.. signIns.Where(known.ContainsKey)],
            Repositories = repositories,
            Verbs = verbs,
            Lifetime = lifetime,
            TrustsUnprotected = unprotected,
        };
    }

    private (string Forge, string Owner, string Name)? ReadAddress(SettingReader settings)
    {
        if (settings.RequiredText("repository", RepositoryRemedy) is not { } text)
            return null;
        if (
            text.Split(':', 2) is not [var forge, var path]
            || path.Split('/') is not [{ Length: > 0 } owner, { Length: > 0 } name]
        )
            settings.Refuse("repository", $"is '{text}', which names no repository", RepositoryRemedy);
        else if (!forges.Contains(forge))
            settings.Refuse("repository", $"names forge '{forge}', which is not below forges", RepositoryRemedy);
        else
            return (forge, owner, name);
        return null;
    }

    private static RefName? ReadBranch(SettingReader settings)
    {
        const string Remedy = "write a branch, e.g. main";
        if (settings.RequiredText("branch", Remedy) is not { } text)
            return null;
        if (RefName.TryBranch(text, out var branch))
            return branch;
        settings.Refuse("branch", $"is '{text}', which is no name of a branch", Remedy);
        return null;
    }

    private Dictionary<string, TrustedIssuer?> ReadIssuers(SettingReader settings)
    {
        Dictionary<string, TrustedIssuer?> known = [];
        foreach (var name in settings.RequiredTexts("issuers", IssuersRemedy))
            if (issuers.TryGetValue(name, out var issuer))
                known[name] = issuer;
            else
                settings.Refuse("issuers", $"names '{name}', which is not below issuers or sign_in", IssuersRemedy);
        return known;
    }

    private static bool ReadUnprotected(SettingReader settings)
    {
        const string Key = "without_protection";
        const string Remedy = "write allow or refuse";
        if (settings.Find(Key) is null || settings.RequiredText(Key, Remedy) is not { } text)
            return false;
        if (text is not ("allow" or "refuse"))
            settings.Refuse(Key, $"'{text}' is neither", Remedy);
        return text == "allow";
    }
}
