using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.Deployments.Outages;

/// <summary>Who follows what by which policy.</summary>
internal sealed record FollowerKey(Subject Subject, RepositoryKey Repository, string Policy);

/// <summary>A token for a deploy ref, and who holds it.</summary>
internal sealed record Follower(StoredPass Pass, Person Holder)
{
    public FollowerKey Key => new(Holder.Subject, Pass.Repository, Pass.Policy);
}

/// <summary>What the database said at one moment.</summary>
internal sealed record OutageSnapshot(DateTimeOffset ReadAt)
{
    /// <summary>The tokens that had not expired, by their digests.</summary>
    public required IReadOnlyDictionary<string, Follower> ByDigest { get; init; }

    /// <summary>The same by the names that are no secret.</summary>
    public required IReadOnlyDictionary<string, Follower> ByUid { get; init; }

    /// <summary>The last token of each follower, expired or not.</summary>
    public required IReadOnlyDictionary<FollowerKey, Follower> Newest { get; init; }

    public required IReadOnlyDictionary<DeployPlace, FollowedRef> Refs { get; init; }

    /// <summary>The same with one token as it is now.</summary>
    public OutageSnapshot With(StoredPass pass) =>
        this with
        {
            ByDigest = Replace(ByDigest, pass),
            ByUid = Replace(ByUid, pass),
            Newest = Replace(Newest, pass),
        };

    /// <summary>The repository that was last known by this name at that forge, if something is deployed from it.</summary>
    public FollowedRef? FindRef(string forgeUid, string owner, string name, string environment) =>
        Refs.Values.FirstOrDefault(one =>
            one.Deployment.Place.Repository.ForgeUid == forgeUid
            && one.Deployment.Place.Environment == environment
            && one.Owner == owner
            && one.Name == name
        );

    private static Dictionary<TKey, Follower> Replace<TKey>(IReadOnlyDictionary<TKey, Follower> among, StoredPass pass)
        where TKey : notnull =>
        among.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Pass.Uid == pass.Uid ? pair.Value with { Pass = pass } : pair.Value
        );
}
