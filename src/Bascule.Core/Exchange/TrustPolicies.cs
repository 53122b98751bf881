namespace Bascule.Core.Exchange;

/// <summary>Decides by trust policies: deny, unless one allows everything that is asked for. The first in the order of the settings gives its refs and lifetime.</summary>
public sealed class TrustPolicies
{
    private readonly Dictionary<string, List<TrustPolicy>> _byIssuer = new(StringComparer.Ordinal);

    public TrustPolicies(IReadOnlyList<TrustPolicy> policies)
    {
        All = policies;
        foreach (var policy in policies)
        {
            if (!_byIssuer.TryGetValue(policy.Issuer.Text, out var known))
                _byIssuer[policy.Issuer.Text] = known = [];
            known.Add(policy);
        }
    }

    public IReadOnlyList<TrustPolicy> All { get; }

    /// <summary>Every audience that some policy takes: a token for none of them need not be looked at further.</summary>
    public IReadOnlyList<string> Audiences => [.. All.SelectMany(policy => policy.Audiences).Distinct()];

    public bool AllowOtherAudiences => All.Any(policy => policy.AllowOtherAudiences);

    /// <summary>Whether any policy speaks of them, whatever they would like.</summary>
    public bool Know(ShownIdentity identity) => Of(identity).Any(policy => policy.FaultOf(identity) is null);

    public TrustDecision Decide(ShownIdentity identity, ExchangeWish wish)
    {
        List<PolicyFault> faults = [];
        foreach (var policy in Of(identity))
        {
            var (who, what) = (policy.FaultOf(identity), policy.FaultOf(wish));
            if (who is null && what is null)
                return new TrustDecision(policy, $"policy '{policy.Name}' allows it");
            faults.Add(new PolicyFault(policy.Name, (who ?? what)!, KnowsWho: who is null));
        }
        return new TrustDecision(Policy: null, Because(identity, faults)) { Faults = faults };
    }

    private List<TrustPolicy> Of(ShownIdentity identity) => _byIssuer.GetValueOrDefault(identity.Subject.Issuer) ?? [];

    /// <summary>The policy that knows who asks says most; of those that do not, each its own.</summary>
    private static string Because(ShownIdentity identity, List<PolicyFault> faults) =>
        faults.Count == 0
            ? $"no trust policy is for the issuer {identity.Subject.Issuer}"
            : string.Join(
                "; ",
                faults
                    .OrderByDescending(fault => fault.KnowsWho)
                    .Take(3)
                    .Select(fault => $"policy '{fault.Policy}': {fault.Why}")
            ) + (faults.Count > 3 ? $"; and {faults.Count - 3} more" : "");
}
