using Bascule.Connectors.Issuers;
using Bascule.Core.Exchange;

namespace Bascule.Server.Configuration;

/// <summary>Who may exchange a token of theirs for one of ours.</summary>
/// <param name="Issuers">Besides those at which people sign in.</param>
/// <param name="Policies">Those of the settings themselves.</param>
public sealed record ExchangeSettings(IReadOnlyList<IssuerOptions> Issuers, IReadOnlyList<TrustPolicy> Policies)
{
    public static readonly ExchangeSettings None = new([], []);

    /// <summary>The repository that adds policies; null for none.</summary>
    public TrustDelegation? Delegation { get; init; }

    /// <summary>Whether anything can be exchanged at all.</summary>
    public bool IsOpen => Policies.Count > 0 || Delegation is not null;

    /// <summary>How many tokens one identity may be given in a minute, by each replica.</summary>
    public int TokensPerMinute { get; init; } = 300;

    /// <summary>How many requests of one address may be refused in a minute, by each replica, before it is told to wait.</summary>
    public int RefusalsPerMinute { get; init; } = 60;
}
