using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>All entities of the service, and which revision of each API is the current one. Names are compared without regard to case.</summary>
internal sealed class EntityStore(TimeProvider time)
{
    private readonly SortedDictionary<string, Entity> _entities = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _current = new(StringComparer.OrdinalIgnoreCase);
    private long _version;

    public IEnumerable<Entity> All => _entities.Values;

    public IEnumerable<Entity> Of(EntityKind kind) => _entities.Values.Where(entity => entity.Kind == kind);

    /// <summary>Null when there is no such API.</summary>
    public string? CurrentRevision(string api) => _current.GetValueOrDefault(api);

    /// <summary>Under which an address is kept: an API without a revision is its current one, and the first one when it is new.</summary>
    public string Key(EntityAddress address)
    {
        if (!address.Kind.IsBelowApi || address.Kind.IsOfAllRevisions)
            return address.Path;
        var revision = address.ApiRevision ?? CurrentRevision(address.ApiName) ?? "1";
        return string.Join(
            '/',
            [address.Parts[0], EntityAddress.Revised(address.ApiName, revision), .. address.Parts[2..]]
        );
    }

    public Entity? Find(EntityAddress address) => Find(Key(address));

    public Entity? Find(string key) => _entities.GetValueOrDefault(key);

    public IReadOnlyList<Entity> Below(string key, EntityKind kind) =>
        [.. Of(kind).Where(entity => entity.Path.StartsWith(key + "/", StringComparison.OrdinalIgnoreCase))];

    public Entity Write(EntityKind kind, string key, JsonObject properties)
    {
        var (now, former) = (time.GetUtcNow(), Find(key));
        return _entities[key] = new(kind, former?.Path ?? key, properties, NextETag(), former?.Created ?? now, now);
    }

    /// <summary>A new version of what stays as it is.</summary>
    public void Touch(string key)
    {
        if (Find(key) is { } entity)
            _entities[key] = entity with { ETag = NextETag(), Updated = time.GetUtcNow() };
    }

    /// <summary>With all that lies below it.</summary>
    public void Remove(string key)
    {
        _entities.Remove(key);
        foreach (
            var below in _entities
                .Keys.Where(path => path.StartsWith(key + "/", StringComparison.OrdinalIgnoreCase))
                .ToList()
        )
            _entities.Remove(below);
    }

    public void MakeCurrent(string api, string revision)
    {
        var former = CurrentRevision(api);
        _current[api] = revision;
        if (former is null)
            return;
        Touch($"apis/{EntityAddress.Revised(api, former)}");
        Touch($"apis/{EntityAddress.Revised(api, revision)}");
    }

    public IReadOnlyList<Entity> Revisions(string api) =>
        [
            .. Of(EntityKind.Api)
                .Where(entity =>
                    string.Equals(EntityAddress.Split(entity.Name).Name, api, StringComparison.OrdinalIgnoreCase)
                ),
        ];

    public void Forget(string api) => _current.Remove(api);

    public bool IsCurrent(Entity api)
    {
        var (name, revision) = EntityAddress.Split(api.Name);
        return CurrentRevision(name) == revision;
    }

    private string NextETag()
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, ++_version);
        return $"\"{Convert.ToBase64String(bytes)}\"";
    }
}
