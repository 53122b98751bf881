using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.Import;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>
/// APIs and their revisions. What may not differ between revisions is known from issues 285 of Azure/apiops and 18093 of
/// terraform-provider-azurerm. Assumed: the first revision is made without <c>;rev=</c>, <c>sourceApiId</c> is for new revisions and new APIs alone, and the current revision goes only with all others.
/// </summary>
internal sealed class ApiChanges(EntityStore store, ArmScope scope)
{
    /// <summary>Properties that a revision which is not current shares with the current one, and their names in the refusal.</summary>
    private static readonly (string Property, string Word)[] Shared =
    [
        ("displayName", "Name"),
        ("description", "Description"),
        ("path", "Path"),
        ("protocols", "Protocols"),
        ("type", "Type"),
        ("subscriptionRequired", "SubscriptionRequired"),
        ("apiVersion", "ApiVersion"),
        ("apiVersionDescription", "ApiVersionDescription"),
        ("apiVersionSetId", "ApiVersionSetId"),
    ];

    private static readonly string[] Instructions =
    [
        "format",
        "value",
        "sourceApiId",
        "isCurrent",
        "apiRevision",
        "wsdlSelector",
        "apiType",
        "translateRequiredQueryParameters",
    ];

    private readonly Operations _operations = new(store);

    public ArmReply? Put(EntityAddress address, JsonObject given, Entity? existing)
    {
        var current = store.CurrentRevision(address.ApiName);
        var revision = address.ApiRevision ?? current ?? "1";
        if (given["apiVersionSet"] is not null || given["wsdlSelector"] is not null)
            return ArmReply.Unknown("apiVersionSet and wsdlSelector in the body of an API");
        if (Misplaced(address, given, existing, revision, current) is { } misplaced)
            return misplaced;
        if (Imported(given, out var imported) is { } unread)
            return unread;
        if (Source(given, existing, out var source) is { } lost)
            return lost;
        var shared = current is null || current == revision ? null : Kept(address.ApiName, current);
        var properties = Properties(given, imported, source, shared);
        if (Conflicting(address, properties, shared) is { } conflict)
            return conflict;
        Write(address, revision, properties, existing, source, imported);
        return null;
    }

    /// <summary>Why an API cannot be deleted; null when it can.</summary>
    public ArmReply? Undeletable(EntityAddress address, bool isAll)
    {
        var revisions = store.Revisions(address.ApiName);
        var isCurrent = store.IsCurrent(store.Find(address)!);
        return isCurrent && !isAll && (revisions.Count > 1 || address.ApiRevision is not null)
            ? ArmReply.Refuse(400, "ValidationError", "Can't delete the current revision of an API.")
            : null;
    }

    public ArmReply Delete(EntityAddress address, bool isAll)
    {
        var name = address.ApiName;
        var isWhole = isAll || store.Revisions(name).Count == 1;
        foreach (var revision in isWhole ? store.Revisions(name) : [store.Find(address)!])
            store.Remove(revision.Path);
        if (!isWhole)
            return new(204);
        store.Remove($"apis/{name}");
        foreach (var link in store.Of(EntityKind.ProductApi).ToList())
            if (string.Equals(link.Name, name, StringComparison.OrdinalIgnoreCase))
                store.Remove(link.Path);
        store.Forget(name);
        return new(204);
    }

    private Entity Kept(string api, string revision) => store.Find($"apis/{EntityAddress.Revised(api, revision)}")!;

    private static ArmReply? Misplaced(
        EntityAddress address,
        JsonObject given,
        Entity? existing,
        string revision,
        string? current
    )
    {
        if (current is null && address.ApiRevision is not (null or "1"))
            return ArmReply.Invalid("apiRevision", "The first revision of an API is 1.");
        if (given["apiRevision"] is { } said && (string)said! != revision)
            return ArmReply.Invalid("apiRevision", $"The path names revision {revision}.");
        var isCurrent = current is null || current == revision;
        if (given["isCurrent"] is { } flag && (bool)flag! != isCurrent)
            return ArmReply.Invalid("IsCurrent", "Can't set new revision as current.");
        return existing is not null && given["sourceApiId"] is not null
            ? ArmReply.Invalid("sourceApiId", "It is for a new API or revision alone.")
            : null;
    }

    private static ArmReply? Imported(JsonObject given, out ImportedApi? imported)
    {
        imported = null;
        if (given["format"] is null != given["value"] is null)
            return ArmReply.Invalid("value", "'format' and 'value' go together.");
        if ((string?)given["format"] is not { } format)
            return null;
        if (!OpenApiImport.Knows(format))
            return ArmReply.Unknown($"imports of the format '{format}'");
        imported = OpenApiImport.Read(format, (string)given["value"]!, out var fault);
        return fault is null ? null : ArmReply.Invalid("representation", fault);
    }

    private ArmReply? Source(JsonObject given, Entity? existing, out Entity? source)
    {
        source = null;
        if (existing is not null || (string?)given["sourceApiId"] is not { } id)
            return null;
        if (Ids.Path(scope, id) is { } path && EntityAddress.Parse(path.Split('/')) is { Name: not null } address)
            source = address.Kind == EntityKind.Api ? store.Find(address) : null;
        return source is null ? ArmReply.Invalid("sourceApiId", "The source was not found.") : null;
    }

    private static JsonObject Properties(JsonObject given, ImportedApi? imported, Entity? source, Entity? shared)
    {
        var properties = source?.Properties.DeepClone().AsObject() ?? [];
        foreach (var (name, _) in Shared)
            if (source is null && shared?.Properties[name] is { } same)
                properties[name] = same.DeepClone();
        if (imported is not null)
            foreach (
                var (name, text) in new[]
                {
                    ("displayName", imported.Title),
                    ("description", imported.Description),
                    ("serviceUrl", imported.ServiceUrl),
                }
            )
                if (text is not null)
                    properties[name] = text;
        foreach (var (name, value) in given)
            if (!Instructions.Contains(name))
                properties[name] = value?.DeepClone();
        properties.TryAdd("protocols", new JsonArray("https"));
        properties.TryAdd("subscriptionRequired", true);
        properties.TryAdd(
            "subscriptionKeyParameterNames",
            new JsonObject { ["header"] = "Ocp-Apim-Subscription-Key", ["query"] = "subscription-key" }
        );
        return properties;
    }

    private ArmReply? Conflicting(EntityAddress address, JsonObject properties, Entity? shared)
    {
        if ((string?)properties["displayName"] is not { Length: > 0 })
            return ArmReply.Invalid("displayName", "'displayName' must not be empty.");
        if (Versioned(properties) is { } unversioned)
            return unversioned;
        foreach (var (name, word) in Shared)
            if (shared is not null && !JsonNode.DeepEquals(shared.Properties[name], properties[name]))
                return ArmReply.Refuse(
                    400,
                    "ValidationError",
                    $"Can't change property {word} for non-current revision "
                );
        var (path, version) = ((string?)properties["path"], (string?)properties["apiVersion"]);
        return store
            .Of(EntityKind.Api)
            .Any(other =>
                !Same(EntityAddress.Split(other.Name).Name, address.ApiName)
                && Same(other.Text("path"), path)
                && other.Text("apiVersion") == version
            )
            ? ArmReply.Invalid("path", $"An API with the path '{path}' and the version '{version}' exists.")
            : null;
    }

    private ArmReply? Versioned(JsonObject properties)
    {
        if ((string?)properties["apiVersionSetId"] is not { } id)
            return null;
        if (
            Ids.Path(scope, id) is not { } path
            || !path.StartsWith("apiVersionSets/", StringComparison.OrdinalIgnoreCase)
            || store.Find(path) is not { } found
        )
            return ArmReply.Invalid("apiVersionSetId", "The version set was not found.");
        properties["apiVersionSetId"] = $"{scope.Service}/{found.Path}";
        return null;
    }

    private void Write(
        EntityAddress address,
        string revision,
        JsonObject properties,
        Entity? existing,
        Entity? source,
        ImportedApi? imported
    )
    {
        var key = $"apis/{EntityAddress.Revised(address.ApiName, revision)}";
        store.Write(EntityKind.Api, key, properties);
        if (store.CurrentRevision(address.ApiName) is null)
            store.MakeCurrent(address.ApiName, revision);
        if (existing is null && source is not null)
            _operations.Copy(source.Path, key);
        if (imported is not null)
            _operations.Import(key, imported);
    }

    private static bool Same(string? one, string? other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
