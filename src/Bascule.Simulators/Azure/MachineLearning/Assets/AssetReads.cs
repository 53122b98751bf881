using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>GET of assets, of their versions and of both in lists.</summary>
internal sealed class AssetReads(AssetStore store, AmlPlace place, Paging paging)
{
    /// <summary>Assumed: the description has a filter by hash but does not say which properties hold it.</summary>
    private const string Hash = "hash_sha256";
    private const string HashVersion = "hash_version";

    public ArmReply Containers(AssetKind kind, ArmRequest request) =>
        paging.Page(request, [.. store.Of(kind)], container => container.ToJson(place));

    public ArmReply Container(AssetKind kind, string name) =>
        store.Find(kind, name) is { } found ? new(200, found.ToJson(place)) : AmlReply.NotFound($"{kind.Word} {name}");

    public ArmReply Version(AssetKind kind, string name, string version) =>
        store.Find(kind, name, version) is { } found
            ? new(200, found.ToJson(place))
            : AmlReply.NotFound($"{kind.Word} {name}:{version}");

    public ArmReply Versions(AssetKind kind, string name, ArmRequest request)
    {
        var isByHash = request.Asked("hash") is not null;
        if (!isByHash && store.Find(kind, name) is null)
            return AmlReply.NotFound($"{kind.Word} {name}");
        var found = isByHash ? store.Of(kind).SelectMany(c => c.Versions) : store.Find(kind, name)!.Versions;
        if (Ordered(found.Where(v => IsAsked(v, request)), request.Asked("$orderBy")) is not { } ordered)
            return ArmReply.Unknown($"the order '{request.Asked("$orderBy")}'");
        return paging.Page(request, [.. ordered], version => version.ToJson(place));
    }

    /// <summary>Newest first unless it is asked otherwise.</summary>
    private static IEnumerable<AssetVersion>? Ordered(IEnumerable<AssetVersion> versions, string? order) =>
        order?.ToLowerInvariant() switch
        {
            null or "createdtime desc" or "createdat desc" => versions.Reverse(),
            "createdtime asc" or "createdat asc" => versions,
            _ => null,
        };

    private static bool IsAsked(AssetVersion version, ArmRequest request) =>
        (request.Asked("hash") is not { } hash || Property(version, "properties", Hash) == hash)
        && (request.Asked("hashVersion") is not { } form || Property(version, "properties", HashVersion) == form)
        && (request.Asked("version") is not { } number || version.Version == number)
        && Has(version, "tags", request.Asked("tags"))
        && Has(version, "properties", request.Asked("properties"));

    /// <param name="asked"><c>name,name2=value2</c>.</param>
    private static bool Has(AssetVersion version, string map, string? asked) =>
        asked is null
        || asked
            .Split(',')
            .Select(pair => pair.Split('=', 2))
            .All(pair => Property(version, map, pair[0]) is { } value && (pair.Length == 1 || value == pair[1]));

    private static string? Property(AssetVersion version, string map, string name) =>
        (string?)version.Properties[map]?[name];
}
