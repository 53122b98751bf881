using Bascule.Core;

namespace Bascule.Connectors.Issuers;

/// <summary>What a token endpoint gave. Nothing of it has been verified.</summary>
public sealed record ProviderTokens(Secret IdToken, Secret AccessToken);

/// <summary>Who Bascule is at a provider.</summary>
/// <param name="Secret">Null for a public client.</param>
public sealed record ProviderLogin(string Client, Secret? Secret);

/// <summary>A code that came back from a provider, and what must be shown with it.</summary>
/// <param name="Verifier">RFC 7636: what the challenge was made of.</param>
public sealed record AuthorizationCode(Secret Code, Uri RedirectUri, Secret Verifier);

/// <summary>What the userinfo endpoint says of a person; for display only.</summary>
public sealed record ProviderUser(string? Name, string? Email);
