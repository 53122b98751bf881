using Bascule.Server.Audit;
using Bascule.Server.Configuration;

namespace Bascule.Server.Exchange;

/// <summary>How often: tokens by who gets them, refusals by where they come from.</summary>
internal sealed class ExchangeLimits(ServerSettings settings, RefusalCounter refusals, TimeProvider time)
{
    public Allowance Tokens { get; } = new(settings.Exchange.TokensPerMinute, time);
    public Allowance Refusals { get; } = new(settings.Exchange.RefusalsPerMinute, time);

    /// <summary>Asks for nobody who was refused too often; counts and charges what is refused.</summary>
    /// <param name="source">The address that asks.</param>
    public async Task<ExchangeOutcome> WithinAsync(string source, Func<Task<ExchangeOutcome>> exchange)
    {
        if (Refusals.WaitOf(source) is { } wait)
        {
            refusals.Count(source, "too many refusals", RefusalKind.Exchange);
            return ExchangeOutcome.Uncounted(OAuthError.TooMany(wait));
        }
        var outcome = await exchange();
        if (outcome.IsCharged)
            Refusals.Take(source);
        if (outcome.CountedAs is { } reason)
            refusals.Count(source, reason, RefusalKind.Exchange);
        return outcome;
    }
}
