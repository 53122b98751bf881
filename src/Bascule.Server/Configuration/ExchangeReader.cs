using Bascule.Connectors.Issuers;
using Bascule.Core.Exchange;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>issuers</c>, <c>trust_policies</c>, <c>policy_repository</c> and <c>exchange</c>.</summary>
internal static class ExchangeReader
{
    private const int MostPerMinute = 1_000_000;

    public static ExchangeSettings Read(
        SettingReader top,
        ConnectionHost host,
        IReadOnlyList<SignInProvider> signIn,
        IReadOnlyList<string> forges
    )
    {
        var declared = ReadIssuers(top, host, signIn);
        // One whose entry is wrong still has a name: a policy for it is not wrong as well.
        var issuers = declared.ToDictionary(issuer => issuer.Name, issuer => issuer.Options?.Issuer);
        foreach (var provider in signIn)
            issuers.TryAdd(provider.Name, provider.Issuer.Issuer);
        List<string> signIns = [.. signIn.Select(provider => provider.Name)];
        var delegation = new TrustDelegationReader(issuers, signIns, forges).Read(top);
        var policies = ReadPolicies(top, new TrustPolicyReader(issuers, signIns, forges), delegation);
        var limits = ReadLimits(top);
        return limits with
        {
            Issuers = [.. declared.Select(one => one.Options).OfType<IssuerOptions>()],
            Policies = policies,
            Delegation = delegation,
        };
    }

    private static List<(string Name, IssuerOptions? Options)> ReadIssuers(
        SettingReader top,
        ConnectionHost host,
        IReadOnlyList<SignInProvider> signIn
    )
    {
        List<(string Name, IssuerOptions? Options)> issuers = [];
        if (
            top.Find("issuers") is null
            || top.RequiredMap("issuers", "name an issuer of tokens below it, or remove the key") is not { } map
        )
            return issuers;
        foreach (var (name, settings) in map.NamedMaps())
        {
            var options = IssuerOptions.Read(name, settings, host);
            settings.RefuseOthers();
            if (signIn.Any(provider => provider.Name == name))
                settings.Refuse("", "has the name of a sign_in provider", "give it another name");
            if (options is not null && FindTwin(options, issuers, signIn) is { } twin)
                settings.Refuse(
                    "url",
                    $"is the one of {twin} too",
                    "keep one entry for an issuer; a policy may name either"
                );
            issuers.Add((name, options));
        }
        return issuers;
    }

    /// <summary>There is one list of issuers (THREATS T47): two entries would trust one of them in two ways.</summary>
    private static string? FindTwin(
        IssuerOptions options,
        List<(string Name, IssuerOptions? Options)> issuers,
        IReadOnlyList<SignInProvider> signIn
    )
    {
        if (signIn.FirstOrDefault(provider => provider.Issuer.Issuer.Url == options.Issuer.Url) is { } provider)
            return $"sign_in.{provider.Name}";
        return issuers.Find(other => other.Options?.Issuer.Url == options.Issuer.Url) is { Name: { } name }
            ? $"issuers.{name}"
            : null;
    }

    private static List<TrustPolicy> ReadPolicies(
        SettingReader top,
        TrustPolicyReader reader,
        TrustDelegation? delegation
    )
    {
        if (
            top.Find("trust_policies") is null
            || top.RequiredMap("trust_policies", "name a policy below it, or remove the key") is not { } map
        )
            return [];
        List<TrustPolicy> policies = [];
        foreach (var (name, settings) in map.NamedMaps())
        {
            if (reader.Read(name, settings) is not { } policy)
                continue;
            if (delegation?.IsReachedBy(policy.Repositories, policy.Verbs) == true)
                settings.Refuse(
                    "repositories",
                    $"gives push on {delegation.FullName}, which policy_repository names",
                    "narrow the pattern: who pushes there grants themselves what they like"
                );
            policies.Add(policy);
        }
        return policies;
    }

    private static ExchangeSettings ReadLimits(SettingReader top)
    {
        var usual = ExchangeSettings.None;
        if (top.Map("exchange") is not { } exchange)
            return usual;
        var tokens = exchange.Number("tokens_per_minute", 1, MostPerMinute);
        var refusals = exchange.Number("refusals_per_minute", 1, MostPerMinute);
        exchange.RefuseOthers();
        return usual with
        {
            TokensPerMinute = (int?)tokens ?? usual.TokensPerMinute,
            RefusalsPerMinute = (int?)refusals ?? usual.RefusalsPerMinute,
        };
    }
}
