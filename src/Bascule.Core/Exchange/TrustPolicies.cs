namespace Bascule.Core.Exchange;

/// <summary>
/// Decides by trust policies: deny, unless one allows everything that is asked for. The first in the order of the settings gives its refs and lifetime; those
/// of a policy repository come after all of these, and are replaced as a whole while others decide.
/// </summary>
public sealed class TrustPolicies
{
    private readonly IReadOnlyList<TrustPolicy> _own;
    private volatile Compiled _now;

    public TrustPolicies(IReadOnlyList<TrustPolicy> policies)
    {
        _own = policies;
        _now = new Compiled(policies);
    }

    public IReadOnlyList<TrustPolicy> All => _now.All;

    /// <summary>Every audience that some policy takes: a token for none of them need not be looked at further.</summary>
    public IReadOnlyList<string> Audiences => _now.Audiences;

    public bool AllowOtherAudiences => _now.All.Any(policy => policy.AllowOtherAudiences);

    /// <summary>Whether there is a policy of this name now.</summary>
    public bool Has(string name) => _now.Names.Contains(name);

    /// <summary>Replaces what the policy repository adds, from now on.</summary>
    public void Delegate(IReadOnlyList<TrustPolicy> policies) => _now = new Compiled([.. _own, .. policies]);

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

    private IEnumerable<TrustPolicy> Of(ShownIdentity identity) => _now.ByIssuer[identity.Subject.Issuer];

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

    private sealed class Compiled(IReadOnlyList<TrustPolicy> policies)
    {
        public IReadOnlyList<TrustPolicy> All => policies;

        public ILookup<string, TrustPolicy> ByIssuer { get; } =
            policies.ToLookup(policy => policy.Issuer.Text, StringComparer.Ordinal);

        public HashSet<string> Names { get; } =
            policies.Select(policy => policy.Name).ToHashSet(StringComparer.Ordinal);

        public IReadOnlyList<string> Audiences { get; } =
        [.. policies.SelectMany(policy => policy.Audiences).Distinct(StringComparer.Ordinal)];
    }
}
