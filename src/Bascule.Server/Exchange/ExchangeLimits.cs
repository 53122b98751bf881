using Bascule.Server.Configuration;

namespace Bascule.Server.Exchange;

/// <summary>How often: tokens by who gets them, refusals by where they come from.</summary>
internal sealed class ExchangeLimits(ServerSettings settings, TimeProvider time)
{
    public Allowance Tokens { get; } = new(settings.Exchange.TokensPerMinute, time);

    public Allowance Refusals { get; } = new(settings.Exchange.RefusalsPerMinute, time);
}
