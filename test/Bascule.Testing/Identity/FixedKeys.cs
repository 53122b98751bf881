using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Testing.Identity;

/// <summary>Key sets without a network; counts how often it is asked.</summary>
public sealed class FixedKeys : IIssuerKeys
{
    private readonly Dictionary<string, TokenKeySet> _sets = [];

    public FixedKeys(params TokenMint[] mints)
    {
        foreach (var mint in mints)
            Publish(mint.Issuer, mint.KeySet);
    }

    public int Asked { get; private set; }

    public void Publish(string issuer, JsonObject keySet) =>
        _sets[issuer] = TokenKeySet.Read(Encoding.UTF8.GetBytes(keySet.ToJsonString())).Value;

    public Task<Result<TokenKey>> FindAsync(
        TrustedIssuer issuer,
        string? keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        Asked++;
        return Task.FromResult(
            _sets[issuer.Url.Text].Find(keyId, algorithm) is { } key
                ? Result.Of(key)
                : Problem.Unauthenticated("no such key")
        );
    }
}
