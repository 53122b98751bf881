using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.Rules;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>Entities as they are shown: full ids, and no secret.</summary>
internal sealed class EntityJson(EntityStore store, ArmScope scope)
{
    public JsonObject Of(Entity entity, bool isRaw = false)
    {
        if (entity.Kind == EntityKind.ProductApi)
            return Of(Linked(entity));
        var path = Shown(entity);
        return new()
        {
            ["id"] = $"{scope.Service}/{path}",
            ["type"] = entity.Kind.Type,
            ["name"] = path[(path.LastIndexOf('/') + 1)..],
            ["properties"] = Properties(entity, isRaw),
        };
    }

    public string Id(string path) => $"{scope.Service}/{path}";

    public Entity Linked(Entity link) =>
        store.Find($"apis/{EntityAddress.Revised(link.Name, store.CurrentRevision(link.Name)!)}")!;

    /// <summary>What is current is shown without its revision.</summary>
    public string Shown(Entity entity)
    {
        if (!entity.Kind.IsBelowApi || entity.Kind.IsOfAllRevisions)
            return entity.Path;
        var parts = entity.Path.Split('/');
        var (name, revision) = EntityAddress.Split(parts[1]);
        return store.CurrentRevision(name) == revision
            ? string.Join('/', [parts[0], name, .. parts[2..]])
            : entity.Path;
    }

    public JsonObject Revision(Entity api)
    {
        var shown = new JsonObject
        {
            ["apiId"] = Id(api.Path),
            ["apiRevision"] = EntityAddress.Split(api.Name).Revision,
            ["createdDateTime"] = Instant(api.Created),
            ["updatedDateTime"] = Instant(api.Updated),
            ["isOnline"] = true,
            ["isCurrent"] = store.IsCurrent(api),
        };
        if (api.Text("apiRevisionDescription") is { } description)
            shown["description"] = description;
        return shown;
    }

    private JsonObject Properties(Entity entity, bool isRaw)
    {
        var shown = entity.Properties.DeepClone().AsObject();
        if (entity.Kind == EntityKind.NamedValue && ((bool?)shown["secret"] == true || shown["keyVault"] is not null))
            shown.Remove("value");
        if (entity.Kind.IsPolicy || entity.Kind == EntityKind.Fragment)
        {
            shown["value"] = PolicyRules.Read(entity).Write(isRaw);
            shown["format"] = isRaw ? "rawxml" : "xml";
        }
        if (entity.Kind == EntityKind.Api)
        {
            shown["apiRevision"] = EntityAddress.Split(entity.Name).Revision;
            if (store.IsCurrent(entity))
                shown["isCurrent"] = true;
        }
        if (entity.Kind == EntityKind.Release)
        {
            shown["createdDateTime"] = Instant(entity.Created);
            shown["updatedDateTime"] = Instant(entity.Updated);
        }
        return shown;
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null);
}
