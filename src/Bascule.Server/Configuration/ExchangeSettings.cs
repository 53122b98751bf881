using Bascule.Connectors.Issuers;
using Bascule.Core.Exchange;

namespace Bascule.Server.Configuration;

/// <summary>Who may exchange a token of theirs for one of ours.</summary>
/// <param name="Issuers">Besides those at which people sign in.</param>
/// <param name="Policies">None: nothing is exchanged, and the addresses for it are not there.</param>
public sealed record ExchangeSettings(IReadOnlyList<IssuerOptions> Issuers, IReadOnlyList<TrustPolicy> Policies)
{
    public static readonly ExchangeSettings None = new([], []);

    /// <summary>How many tokens one identity may be given in a minute, by each replica.</summary>
    public int TokensPerMinute { get; init; } = 300;

    /// <summary>How many requests of one address may be refused in a minute, by each replica, before it is told to wait.</summary>
    public int RefusalsPerMinute { get; init; } = 60;
}
