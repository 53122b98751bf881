using Bascule.Connectors.Yaml;
using Bascule.Core.Exchange;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>
/// Reads the <c>trust-policies.yaml</c> of a policy repository: all of it, or nothing and everything that is wrong with it (THREATS T54). What goes further than
/// the settings delegate is wrong.
/// </summary>
public static class DelegatedPoliciesReader
{
    private const int MaxPolicies = 500;

    /// <param name="displayName">For messages.</param>
    /// <returns>The policies are null exactly when there are problems, which are sorted by line.</returns>
    public static (IReadOnlyList<TrustPolicy>? Policies, IReadOnlyList<SettingProblem> Problems) Read(
        ReadOnlyMemory<byte> yaml,
        string displayName,
        TrustDelegation delegation
    )
    {
        List<SettingProblem> problems = [];
        var map = YamlReader.Read(yaml, displayName, YamlLimits.Policies, problems);
        var policies = map is null ? [] : Read(new SettingReader(map, "", problems), delegation);
        return problems.Count == 0 ? (policies, []) : (null, SettingProblems.Sort(problems));
    }

    private static List<TrustPolicy> Read(SettingReader top, TrustDelegation delegation)
    {
        List<TrustPolicy> policies = [];
        if (top.RequiredMap("trust_policies", "name a policy below it") is { } map)
        {
            if (map.Keys.Count() > MaxPolicies)
                top.Refuse("trust_policies", $"holds more than {MaxPolicies}", "join some by patterns");
            var forges = delegation.Repositories.Select(pattern => pattern.Forge).Distinct().ToList();
            var reader = new TrustPolicyReader(delegation.Issuers, delegation.SignIns, forges);
            foreach (var (name, settings) in map.NamedMaps())
                if (reader.Read(name, settings) is { } policy && IsWithin(policy, settings, delegation))
                    policies.Add(
                        policy with
                        {
                            Name = $"{delegation.FullName}:{name}",
                            Within = delegation.Repositories,
                        }
                    );
        }
        top.RefuseOthers();
        return policies;
    }

    private static bool IsWithin(TrustPolicy policy, SettingReader settings, TrustDelegation delegation)
    {
        foreach (var verb in policy.Verbs.Except(delegation.Verbs))
            settings.Refuse(
                "verbs",
                $"gives {verb.Write()}, which the settings do not delegate",
                "leave it out, or have policy_repository.verbs hold it"
            );
        if (policy.Lifetime > delegation.Lifetime)
            settings.Refuse(
                "lifetime",
                "is longer than the settings delegate",
                $"write at most {delegation.Lifetime.TotalMinutes:0}m, or have policy_repository.lifetime raised"
            );
        if (delegation.IsReachedBy(policy.Repositories, policy.Verbs))
            settings.Refuse(
                "repositories",
                $"gives push on {delegation.FullName}, which holds these policies",
                "narrow the pattern: who pushes there grants themselves what they like"
            );
        return !settings.HasProblems;
    }
}
