namespace Bascule.Core.Exchange;

/// <summary>Which policy allows it; or that none does, and why each of those for the issuer does not.</summary>
/// <param name="Policy">Null when it is denied.</param>
/// <param name="Reason">One sentence for the log, not for who asked.</param>
public sealed record TrustDecision(TrustPolicy? Policy, string Reason)
{
    public bool IsAllowed => Policy is not null;

    /// <summary>Of a denial: every policy for the issuer and the first thing in it that is not so, in the order of the settings.</summary>
    public IReadOnlyList<PolicyFault> Faults { get; init; } = [];
}

/// <param name="KnowsWho">Whether only what was asked for is in the way, and not who asked.</param>
public sealed record PolicyFault(string Policy, string Why, bool KnowsWho);
