namespace Bascule.Simulators.Azure.Entra;

/// <summary>Which external token may become an application: compared exactly, with case and trailing slash.</summary>
/// <param name="Name">Unique in its application.</param>
/// <param name="Issuer">Exact <c>iss</c>.</param>
/// <param name="Subject">Exact <c>sub</c>.</param>
/// <param name="Audience">The one <c>aud</c>.</param>
public sealed record FederatedCredential(
    string Name,
    string Issuer,
    string Subject,
    string Audience = FederatedCredential.UsualAudience
)
{
    /// <summary>What Entra's documentation wants in every external token.</summary>
    public const string UsualAudience = "api://AzureADTokenExchange";

    /// <summary>The issuer's keys; null to fetch them by its discovery document.</summary>
    public string? Jwks { get; init; }
}
