using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Secrets;

namespace Bascule.Simulators.Azure.Entra;

/// <summary>Finds the credential that a token names: issuer, then subject, then audience, each as it is written.</summary>
internal static class CredentialMatch
{
    public static (FederatedCredential? Found, ServiceAnswer? Refusal) Find(
        IReadOnlyList<FederatedCredential> credentials,
        SubjectToken token
    )
    {
        if (credentials.Count == 0)
            return (null, None());
        var issued = credentials.Where(c => c.Issuer == token.Text("iss")).ToList();
        if (issued.Count == 0)
            return (null, Unmatched(credentials, c => c.Issuer, token.Text("iss"), TokenFault.Issuer));
        if (issued.Find(c => c.Subject == token.Text("sub")) is not { } found)
            return (null, Unmatched(issued, c => c.Subject, token.Text("sub"), TokenFault.Subject));
        return token.Audiences() is [var audience] && audience == found.Audience
            ? (found, null)
            : (null, EntraRefusal.Of(TokenFault.Audience));
    }

    private static ServiceAnswer Unmatched(
        IEnumerable<FederatedCredential> credentials,
        Func<FederatedCredential, string> part,
        string? given,
        TokenFault fault
    ) =>
        credentials.Any(c => string.Equals(part(c), given, StringComparison.OrdinalIgnoreCase))
            ? EntraRefusal.Of(
                401,
                "invalid_client",
                7002138,
                "A federated identity record matches the presented assertion only without regard to case."
            )
            : EntraRefusal.Of(fault);

    private static ServiceAnswer None() =>
        EntraRefusal.Of(
            401,
            "invalid_client",
            70021,
            "No matching federated identity record found for presented assertion."
        );
}
