using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.Json;
using Bascule.Server.Audit;

namespace Bascule.Server.Identity;

/// <summary>What a signed token says beside issuer, subject, audience and time.</summary>
/// <param name="Claims">repository, ref, commit, workflow, run, …; names for people, numeric ids for decisions.</param>
public sealed record IdentityClaims(string Subject, IReadOnlyDictionary<string, string> Claims);

/// <summary>Signs tokens for one run or one environment: JWT (RFC 7519) with RS256, no other algorithm.</summary>
internal sealed class RunIdentity(
    IdentityClaims identity,
    Uri issuer,
    SigningKeys keys,
    KeyPublication publication,
    AuditTrail audit,
    TimeProvider time
) : IRunIdentity
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public string Subject => identity.Subject;

    public async Task<Result<Secret>> AssertAsync(
        string audience,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    )
    {
        if ((await publication.EnsureAsync(cancellationToken)).Failed(out var unpublished))
            return unpublished;
        var found = await keys.FindSigningKeyAsync(cancellationToken);
        if (found.Failed(out var unfound))
            return unfound;
        var key = found.Value;
        var now = time.GetUtcNow();
        var tokenId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var payload = Payload(audience, now, lifetime, tokenId);
        var entry = new AuditEntry(AuditTypes.TokenSigned, "bascule")
        {
            Links = Links(tokenId),
            Facts = new JsonObject
            {
                ["sub"] = identity.Subject,
                ["aud"] = audience,
                ["kid"] = key.Stored.Id,
            },
        };
        if ((await audit.WriteAsync(entry, cancellationToken)).Failed(out var unwritten))
            return unwritten;
        return new Secret(Sign(key, payload));
    }

    private JsonObject Payload(string audience, DateTimeOffset now, TimeSpan lifetime, string tokenId)
    {
        var payload = new JsonObject
        {
            ["iss"] = issuer.ToString().TrimEnd('/'),
            ["sub"] = identity.Subject,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = (now - ClockSkew).ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["jti"] = tokenId,
        };
        foreach (var (name, value) in identity.Claims)
            payload[name] = value;
        return payload;
    }

    private Dictionary<string, string> Links(string tokenId)
    {
        var links = new Dictionary<string, string> { ["token"] = tokenId };
        if (identity.Claims.TryGetValue("run", out var run))
            links["run"] = run;
        return links;
    }

    private static string Sign(SigningKeys.OpenKey key, JsonObject payload)
    {
        var header = new JsonObject
        {
            ["alg"] = "RS256",
            ["kid"] = key.Stored.Id,
            ["typ"] = "JWT",
        };
        var signed = $"{Encode(header)}.{Encode(payload)}";
        var signature = key.Key.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(CanonicalJson.Serialize(json));
}
