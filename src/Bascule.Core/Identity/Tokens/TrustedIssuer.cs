namespace Bascule.Core.Identity.Tokens;

/// <summary>An issuer that the operator trusts, and how far. No other issuer's keys are ever asked for (THREATS T27, T47).</summary>
public sealed class TrustedIssuer
{
    /// <summary>Of the clocks, whatever the settings say (THREATS T30).</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(60);

    /// <summary>Longer-lived statements about who somebody is are passwords.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(7);

    private TrustedIssuer(
        IssuerUrl url,
        IReadOnlyList<TokenAlgorithm> algorithms,
        IReadOnlyList<string> audiences,
        TimeSpan maxLifetime,
        TimeSpan skew
    ) => (Url, Algorithms, Audiences, MaxLifetime, Skew) = (url, algorithms, audiences, maxLifetime, skew);

    public IssuerUrl Url { get; }

    public IReadOnlyList<TokenAlgorithm> Algorithms { get; }

    /// <summary>Any of which a token must be for, where the one who asks names none of its own.</summary>
    public IReadOnlyList<string> Audiences { get; }

    /// <summary>From a token's <c>iat</c> to its <c>exp</c>.</summary>
    public TimeSpan MaxLifetime { get; }

    public TimeSpan Skew { get; }

    /// <param name="algorithms">Null for RS256 alone.</param>
    /// <param name="maxLifetime">Null for a day.</param>
    /// <param name="skew">Null for 30 seconds.</param>
    public static Result<TrustedIssuer> Create(
        string url,
        IReadOnlyList<string>? algorithms = null,
        IReadOnlyList<string>? audiences = null,
        TimeSpan? maxLifetime = null,
        TimeSpan? skew = null
    )
    {
        var address = IssuerUrl.Read(url);
        if (address.Failed(out var problem))
            return Problem.Invalid($"the issuer {problem.Message}");
        var names = algorithms ?? [TokenAlgorithm.RS256.Name];
        if (names.Count == 0)
            return Problem.Invalid("an issuer needs an algorithm; name at least one, or leave the list out for RS256");
        if (names.FirstOrDefault(name => TokenAlgorithm.Find(name) is null) is { } unknown)
            return Problem.Invalid(
                $"'{unknown}' is not an accepted algorithm; use {string.Join(", ", TokenAlgorithm.All)}"
            );
        if (audiences?.Any(string.IsNullOrWhiteSpace) == true)
            return Problem.Invalid("an audience is empty; name what the tokens say in aud");
        if (maxLifetime <= TimeSpan.Zero || maxLifetime > LongestLifetime)
            return Problem.Invalid("the longest lifetime of a token is between one second and seven days");
        if (skew < TimeSpan.Zero || skew > LargestSkew)
            return Problem.Invalid("the clocks may differ by 0 to 60 seconds");
        return new TrustedIssuer(
            address.Value,
            [.. names.Select(name => TokenAlgorithm.Find(name)!).Distinct()],
            [.. audiences ?? []],
            maxLifetime ?? TimeSpan.FromDays(1),
            skew ?? TimeSpan.FromSeconds(30)
        );
    }
}
