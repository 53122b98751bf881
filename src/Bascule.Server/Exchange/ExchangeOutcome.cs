using Bascule.Core.Exchange;

namespace Bascule.Server.Exchange;

internal sealed record GivenToken(GitToken Token, StoredPass Pass);

/// <summary>A token, or what is said instead and how it is counted.</summary>
internal sealed record ExchangeOutcome
{
    public GivenToken? Given { get; private init; }

    public OAuthError? Error { get; private init; }

    /// <summary>Of a refusal before anybody was known: what is counted into one audit entry a minute.</summary>
    public string? CountedAs { get; private init; }

    /// <summary>Whether the address that asked has one refusal less left.</summary>
    public bool IsCharged { get; private init; }

    public static ExchangeOutcome Of(GivenToken given) => new() { Given = given };

    /// <summary>By a party that is known and has its own audit entry.</summary>
    public static ExchangeOutcome Refused(OAuthError error) => new() { Error = error, IsCharged = true };

    public static ExchangeOutcome Unknown(OAuthError error, string reason) =>
        new()
        {
            Error = error,
            CountedAs = reason,
            IsCharged = true,
        };

    /// <summary>Not the fault of who asked.</summary>
    public static ExchangeOutcome Uncounted(OAuthError error) => new() { Error = error };
}
