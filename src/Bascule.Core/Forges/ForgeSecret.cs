namespace Bascule.Core.Forges;

/// <summary>What Bascule shows a forge to be let in.</summary>
/// <param name="Token">For the API, and for git where there is no password.</param>
public sealed record ForgeSecret(Secret Token);
