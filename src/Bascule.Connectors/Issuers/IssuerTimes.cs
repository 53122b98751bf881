namespace Bascule.Connectors.Issuers;

/// <summary>How long what an issuer published is believed, and how often it is asked (THREATS T34, T35). Counted by the machine's steady clock.</summary>
public sealed record IssuerTimes
{
    public static IssuerTimes Default { get; } = new();

    /// <summary>Older than this, keys are asked for again while the known ones still serve; older than twice this, the answer is waited for.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>While the issuer cannot be reached, keys of up to this age are used; then nothing of it is accepted.</summary>
    public TimeSpan OutageLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two calls to an issuer, whatever the tokens say: a new key works after this time at the latest.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it is remembered that an issuer has no key of some name.</summary>
    public TimeSpan UnknownKey { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From the first byte sent to the last byte read, for each of the two documents.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(10);
}
