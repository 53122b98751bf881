using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Installation;
using Bascule.Core.Json;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Sealing;

namespace Bascule.Server.Identity;

/// <summary>The RSA keys by which Bascule is an OpenID issuer. Private halves are sealed at rest and open only to sign.</summary>
public sealed class SigningKeys(
    IInstallationStore installation,
    IWorkStore store,
    MasterKey masterKey,
    AuditTrail audit,
    TimeProvider time
) : IDisposable
{
    private const int KeyBits = 2048;
    private const string Purpose = "signing-key";
    private readonly SemaphoreSlim _gate = new(1, 1);
    private List<OpenKey>? _keys;

    /// <summary>JSON Web Key Set (RFC 7517): every key, also one that does not sign yet.</summary>
    public async Task<Result<string>> ReadKeySetAsync(CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        JsonNode?[] keys = [.. opened.Value.Select(Jwk)];
        return CanonicalJson.ToText(new JsonObject { ["keys"] = new JsonArray(keys) });
    }

    /// <summary>The newest key that has been seen at Bascule's public address; Unavailable while none has.</summary>
    internal async Task<Result<OpenKey>> FindSigningKeyAsync(CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        return opened.Value.Find(key => key.Stored.PublishedAt is not null) is { } found
            ? found
            : Problem.Unavailable("no signing key is published yet; run `bascule doctor`");
    }

    /// <summary>
    /// Marks the keys whose ids were found in the published set as good to sign. Unavailable when the newest is not among them: then the set is not ours,
    /// or an old one.
    /// </summary>
    internal async Task<Result<Done>> MarkPublishedAsync(IReadOnlySet<string> seen, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken);
        if (opened.Failed(out var problem))
            return problem;
        if (!seen.Contains(opened.Value[0].Stored.Id))
            return Problem.Unavailable("the keys that it shows are not Bascule's newest");
        var fresh = opened.Value.FindAll(key => key.Stored.PublishedAt is null && seen.Contains(key.Stored.Id));
        if (fresh.Count == 0)
            return Result.Done;
        foreach (var key in fresh)
            key.Stored = key.Stored with { PublishedAt = time.GetUtcNow() };
        return await store.ApplyAsync([.. fresh.Select(key => new SaveSigningKey(key.Stored))], cancellationToken);
    }

    public void Dispose()
    {
        foreach (var key in _keys ?? [])
            key.Key.Dispose();
        _gate.Dispose();
    }

    private async Task<Result<List<OpenKey>>> OpenAsync(CancellationToken cancellationToken)
    {
        if (_keys is { } open)
            return open;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_keys is { } opened)
                return opened;
            var stored = await installation.ListSigningKeysAsync(cancellationToken);
            if (stored.Count == 0)
            {
                var made = await MakeAsync(cancellationToken);
                if (made.Failed(out var problem))
                    return problem;
                stored = [made.Value];
            }
            return _keys = [.. stored.Select(Open)];
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Result<SigningKey>> MakeAsync(CancellationToken cancellationToken)
    {
        using var rsa = RSA.Create(KeyBits);
        var key = new SigningKey(
            Thumbprint(rsa.ExportParameters(false)),
            masterKey.Seal(Purpose, rsa.ExportPkcs8PrivateKey()),
            time.GetUtcNow(),
            PublishedAt: null
        );
        var entry = new AuditEntry(AuditTypes.KeyMade, "bascule") { Facts = new JsonObject { ["kid"] = key.Id } };
        if ((await audit.WriteAsync(entry, cancellationToken)).Failed(out var unwritten))
            return unwritten;
        var stored = await store.ApplyAsync([new SaveSigningKey(key)], cancellationToken);
        return stored.Failed(out var problem) ? problem : key;
    }

    private OpenKey Open(SigningKey stored)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(masterKey.Open(Purpose, stored.SealedPrivateKey), out _);
        return new OpenKey(stored, rsa);
    }

    private static JsonObject Jwk(OpenKey key)
    {
        var parameters = key.Key.ExportParameters(false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = key.Stored.Id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    /// <summary>RFC 7638: the key's own digest names it, so two keys never share a name.</summary>
    private static string Thumbprint(RSAParameters key)
    {
        var members = new JsonObject
        {
            ["e"] = Base64Url.EncodeToString(key.Exponent),
            ["kty"] = "RSA",
            ["n"] = Base64Url.EncodeToString(key.Modulus),
        };
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(members))));
    }

    internal sealed class OpenKey(SigningKey stored, RSA key)
    {
        public SigningKey Stored { get; set; } = stored;

        public RSA Key { get; } = key;
    }
}
