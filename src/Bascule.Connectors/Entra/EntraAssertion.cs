using Bascule.Core;

namespace Bascule.Connectors.Entra;

/// <summary>An application that trusts a token which somebody else signs, and that token.</summary>
/// <param name="Tenant">The directory's id.</param>
/// <param name="Client">The application's id.</param>
/// <param name="Audience">Of the token, for messages.</param>
/// <param name="Subject">Of the token, for messages.</param>
/// <param name="Sign">Makes a token that is good for one exchange.</param>
internal sealed record EntraAssertion(
    string Tenant,
    string Client,
    string Audience,
    string Subject,
    Func<CancellationToken, Task<Result<Secret>>> Sign
);
