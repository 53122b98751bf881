using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Json;
using Bascule.Core.Settings;
using Bascule.Server.Sealing;

namespace Bascule.Server.Deployments.Outages;

/// <summary>
/// Tokens that are given while the database cannot take them: each says itself what it opens, sealed under the master key, which every replica has. For
/// fetching one deploy ref, and for minutes (THREATS T91).
/// </summary>
internal sealed class OutageTokens(MasterKey key)
{
    /// <summary>Until it expires nobody can revoke one; a holder who is retired is let in no more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const string Purpose = "git token of an outage";
    private const int MostSeen = 10_000;
    private readonly ConcurrentDictionary<string, StoredPass> _seen = new(StringComparer.Ordinal);

    /// <summary>One for the deploy ref of an environment, for fetching.</summary>
    public (GitToken Token, StoredPass Pass) Make(
        string holderUid,
        FollowedRef followed,
        string policy,
        DateTimeOffset now,
        DateTimeOffset end
    )
    {
        var place = followed.Deployment.Place;
        var uid = StoredPass.NewUid();
        var content = new JsonObject
        {
            ["uid"] = uid,
            ["holder"] = holderUid,
            ["forge"] = place.Repository.ForgeUid,
            ["repository"] = place.Repository.Id,
            ["environment"] = place.Environment,
            ["policy"] = policy,
            ["created"] = now.ToUnixTimeMilliseconds(),
            ["expires"] = end.ToUnixTimeMilliseconds(),
        };
        var token = GitToken.OfSealed(key.Seal(Purpose, CanonicalJson.Serialize(content)));
        return (token, Read(token.Text)!);
    }

    /// <summary>Null for every other token. Whether it has expired is not looked at.</summary>
    public StoredPass? Read(Secret token)
    {
        if (GitToken.ReadSealed(token.Reveal()) is not { } box)
            return null;
        try
        {
            var pass = Open(token, JsonNode.Parse(key.Open(Purpose, box))!);
            if (_seen.Count >= MostSeen)
                _seen.Clear();
            return _seen[pass.Uid] = pass;
        }
        catch (Exception foreign) when (foreign is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>One that came here before, by the name that is no secret.</summary>
    public StoredPass? Find(string uid) => _seen.GetValueOrDefault(uid);

    private static StoredPass Open(Secret token, JsonNode content)
    {
        var repository = new RepositoryKey((string)content["forge"]!, (long)content["repository"]!);
        var place = new DeployPlace(repository, (string)content["environment"]!);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"Outage:{token.Reveal()}")));
        return new StoredPass((string)content["uid"]!, digest, (string)content["holder"]!, repository)
        {
            Verbs = new HashSet<GitVerb> { GitVerb.Fetch },
            Refs = new RefPatterns([Glob.Parse(place.Ref.ToString())]),
            Policy = (string)content["policy"]!,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds((long)content["created"]!),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds((long)content["expires"]!),
        };
    }
}
