using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>GET and HEAD of entities and lists.</summary>
internal sealed class Reads(EntityStore store, EntityJson json, ApimSimulatorOptions options, Func<Uri> url)
{
    public ArmReply One(EntityAddress address, ArmRequest request)
    {
        var entity = store.Find(address);
        if (address.Kind == EntityKind.ProductApi)
            return request.Method != "HEAD" ? ArmReply.Refuse(405, "MethodNotAllowed", "It has no GET.")
                : entity is null ? ArmReply.NotFound("Api")
                : new(204);
        if (entity is null)
            return ArmReply.NotFound(address.Kind.Word);
        if (request.Asked("format") is not (null or "xml" or "rawxml"))
            return ArmReply.Unknown("exports of APIs");
        return new ArmReply(200, json.Of(entity, request.Asked("format") == "rawxml")).With("ETag", entity.ETag);
    }

    public ArmReply List(EntityAddress address, ArmRequest request)
    {
        var parent = address.Parent;
        if (parent is not null && Existing(parent) is null)
            return ArmReply.NotFound(parent.Kind.Word);
        var all = parent is null
            ? [.. store.Of(address.Kind)]
            : store.Below(store.Key(Prefix(address, parent)), address.Kind);
        return Page(request, all, entity => json.Of(entity));
    }

    public ArmReply Revisions(string api, ArmRequest request)
    {
        var all = store.Revisions(api);
        return all.Count == 0 ? ArmReply.NotFound("Api") : Page(request, all, json.Revision);
    }

    /// <summary>What hangs on an API as such is found below its bare name.</summary>
    private static EntityAddress Prefix(EntityAddress address, EntityAddress parent) =>
        address.Kind.IsOfAllRevisions ? parent with { Kind = EntityKind.Release } : parent;

    private Entity? Existing(EntityAddress parent) => store.Find(parent);

    private ArmReply Page(ArmRequest request, IReadOnlyList<Entity> all, Func<Entity, JsonObject> show)
    {
        if (Number(request, "$skip", 0) is not { } skip || Number(request, "$top", 1) is not { } top)
            return ArmReply.Invalid("$skip", "$skip and $top must be whole numbers.");
        var size = int.Min(top == 0 ? int.MaxValue : top, options.PageSize);
        var body = new JsonObject
        {
            ["value"] = new JsonArray([.. all.Skip(skip).Take(size).Select(show)]),
            ["count"] = all.Count,
        };
        // A client that asks for the first $top gets no more than these, but on as many pages as they need.
        var end = top == 0 ? all.Count : int.Min(all.Count, skip + top);
        if (skip + size < end)
            body["nextLink"] = Next(request, skip + size, top == 0 ? 0 : top - size);
        return new(200, body);
    }

    private string Next(ArmRequest request, int skip, int top) =>
        $"{url().AbsoluteUri.TrimEnd('/')}{request.Path}?api-version={ApimService.Provider.ApiVersion}&$skip={skip}"
        + (top == 0 ? "" : $"&$top={top}");

    /// <summary>0 when it is not asked for, null when it is no number.</summary>
    private static int? Number(ArmRequest request, string name, int least) =>
        request.Asked(name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
        : null;
}
