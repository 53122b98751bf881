namespace Bascule.Simulators.Databricks;

/// <summary>Which external token may become a service principal: compared exactly, as Databricks does.</summary>
/// <param name="Issuer">Exact <c>iss</c>, https.</param>
/// <param name="Subject">Exact value of the subject claim.</param>
public sealed record FederationPolicy(string Issuer, string Subject)
{
    /// <summary>The token's <c>aud</c> must hold one of these; none = the account id.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public string SubjectClaim { get; init; } = "sub";

    /// <summary>Keys given inline: then the issuer need not be reachable.</summary>
    public string? JwksJson { get; init; }

    /// <summary>Where the keys are; absent = found through the issuer's discovery document.</summary>
    public string? JwksUri { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Given by the simulator.</summary>
    public string Id { get; init; } = "";
}
