using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Access;

namespace Bascule.Simulators.Airflow.Access;

/// <summary>What Airflow makes of a bearer token.</summary>
/// <param name="Breaks">A key id that is not in the set is no refusal there but an error of the server: 500.</param>
internal sealed record BearerVerdict(AirflowUser? User, bool HasEnded = false, bool Breaks = false);

/// <summary>
/// Checks tokens as Airflow's JWTValidator does with a trusted key set: the key by its id, the configured algorithm alone, <c>exp</c>, <c>iat</c> and
/// <c>nbf</c> present, ten seconds of leeway. With a trusted key set the tokens that Airflow made itself are not taken, unless their key is in it.
/// </summary>
internal sealed class BearerCheck(TrustedJwks? trusted, Users users, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);
    private readonly IssuerKeys _issuer = new(trusted?.CaPem);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<JsonWebKey>? _keys;
    private DateTimeOffset _fetchedAt;

    public void Dispose()
    {
        _issuer.Dispose();
        _turn.Dispose();
    }

    public async Task<BearerVerdict> JudgeAsync(string text, CancellationToken cancellationToken)
    {
        if (trusted is null)
            return users.FindToken(text) is { } held ? new(held.HasEnded ? null : held.User, held.HasEnded) : new(null);
        if (SubjectToken.Parse(text) is not { KeyId: { } id } token || token.Algorithm != trusted.Algorithm)
            return new(null);
        var keys = await KeysAsync(cancellationToken);
        if (keys.FirstOrDefault(key => key.Id == id) is not { } key)
            return new(null, Breaks: true);
        return key.Algorithm == token.Algorithm && key.Verifies(token.Signed, token.Signature)
            ? Judge(token)
            : new(null);
    }

    private BearerVerdict Judge(SubjectToken token)
    {
        var now = time.GetUtcNow();
        if (token.Instant("exp") is not { } end || token.Instant("iat") is not { } made)
            return new(null);
        if (token.Instant("nbf") is not { } begin || begin > now + Leeway || made > now + Leeway)
            return new(null);
        if (end <= now - Leeway)
            return new(null, HasEnded: true);
        if (token.Text("iss") != trusted!.Issuer || !token.Audiences().Contains(trusted.Audience))
            return new(null);
        return new(users.FindSubject(token.Text("sub")));
    }

    private async Task<IReadOnlyList<JsonWebKey>> KeysAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A file is read once.
            if (_keys is null || (!trusted!.Url.IsFile && time.GetUtcNow() - _fetchedAt > RefreshAfter))
            {
                var found = await _issuer.FindAsync(Place(), cancellationToken);
                if (found.Fault is null)
                    (_keys, _fetchedAt) = (found.Keys, time.GetUtcNow());
            }
            return _keys ?? [];
        }
        finally
        {
            _turn.Release();
        }
    }

    private FederationPolicy Place() =>
        trusted!.Url.IsFile
            ? new FederationPolicy(trusted.Issuer, "") { JwksJson = File.ReadAllText(trusted.Url.LocalPath) }
            : new FederationPolicy(trusted.Issuer, "") { JwksUri = trusted.Url.AbsoluteUri };
}
