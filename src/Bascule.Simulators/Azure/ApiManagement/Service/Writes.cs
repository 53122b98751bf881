using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.Rules;
using Bascule.Simulators.Azure.ApiManagement.Shapes;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Azure.Resources.Shapes;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>PUT, PATCH and DELETE: may it be now, is it well formed, then the change itself, at once or later.</summary>
internal sealed class Writes(
    EntityStore store,
    EntityJson json,
    LongOperations operations,
    Changes changes,
    UseRules uses,
    ApimSimulatorOptions options,
    Func<Uri> url
)
{
    private static readonly Shape Fields = new(ApimFields.Definitions);

    /// <summary>What may have one write at a time: an API with all that lies below it, everything else by itself.</summary>
    public static string Held(EntityAddress address) =>
        address.Kind.IsBelowApi && address.Parts.Length > 1 ? $"apis/{address.ApiName}" : address.Path;

    public ArmReply Put(EntityAddress address, ArmRequest request)
    {
        if (operations.IsBusy(Held(address)))
            return ApimService.Busy();
        if (!address.Kind.Takes(address.Name!))
            return ArmReply.Invalid(
                "name",
                $"'{address.Name}' is no name of a {address.Kind.Word.ToLowerInvariant()}."
            );
        if (address.Parent is { } parent && store.Find(parent) is null)
            return ArmReply.NotFound(parent.Kind.Word);
        var existing = store.Find(address);
        if (address.Kind == EntityKind.ProductApi)
            return Link(address, existing);
        if (Preconditions.Put(request.IfMatch, existing) is { } failed)
            return failed;
        if (Properties(request, address.Kind.Create!, out var fault) is not { } properties)
            return fault!;
        return Finish(address, address.Kind.IsLong, properties, existing);
    }

    public ArmReply Patch(EntityAddress address, ArmRequest request)
    {
        if (operations.IsBusy(Held(address)))
            return ApimService.Busy();
        if (store.Find(address) is not { } existing)
            return ArmReply.NotFound(address.Kind.Word);
        if (Preconditions.Change(request.IfMatch, existing) is { } failed)
            return failed;
        if (Properties(request, address.Kind.Update!, out var fault) is not { } patch)
            return fault!;
        var merged = existing.Properties.DeepClone().AsObject();
        Merge(merged, patch);
        return Finish(address, address.Kind == EntityKind.NamedValue, merged, existing);
    }

    public ArmReply Delete(EntityAddress address, ArmRequest request)
    {
        if (operations.IsBusy(Held(address)))
            return ApimService.Busy();
        if (store.Find(address) is not { } existing)
            return new(204);
        if (address.Kind == EntityKind.ProductApi)
            return Remove(existing);
        if (Preconditions.Change(request.IfMatch, existing) is { } failed)
            return failed;
        if (uses.Check(existing) is { } used)
            return used;
        if (address.Kind != EntityKind.Api)
            return Remove(existing);
        var isAll = string.Equals(request.Asked("deleteRevisions"), "true", StringComparison.OrdinalIgnoreCase);
        if (changes.Apis.Undeletable(address, isAll) is { } kept)
            return kept;
        return Later(address, isNew: false, null, () => changes.Apis.Delete(address, isAll));
    }

    private ArmReply Finish(EntityAddress address, bool isLong, JsonObject properties, Entity? existing)
    {
        if (!isLong || options.OperationPolls == 0)
            return Run();
        return Later(address, existing is null, Preview(address, properties), Run);

        ArmReply Run() =>
            changes.Apply(address, properties, existing) ?? Shown(existing is null ? 201 : 200, store.Find(address)!);
    }

    private ArmReply Later(EntityAddress address, bool isNew, JsonObject? preview, Func<ArmReply> run)
    {
        if (options.OperationPolls == 0)
            return run();
        var id = operations.Start(Held(address), run);
        var isAccepted = preview is null || options.AnswersAccepted;
        var (status, service) = (isNew ? 201 : 200, url().AbsoluteUri.TrimEnd('/') + json.Id(""));
        var version = $"api-version={ApimService.Provider.ApiVersion}";
        return new ArmReply(isAccepted ? 202 : status, isAccepted ? null : preview)
            .With("Location", $"{service}{address.Path}?{version}&asyncId={id}&asyncCode={status}")
            .With("Azure-AsyncOperation", $"{service}tenant/operationResults/{id}?{version}");
    }

    /// <summary>What was sent, as it is shown before it is done.</summary>
    private JsonObject Preview(EntityAddress address, JsonObject properties)
    {
        var shown = properties.DeepClone().AsObject();
        string[] hidden =
            address.Kind == EntityKind.Api ? ["format", "value", "sourceApiId", "apiType", "wsdlSelector"]
            : address.Kind == EntityKind.NamedValue && (bool?)shown["secret"] == true ? ["value"]
            : [];
        foreach (var name in hidden)
            shown.Remove(name);
        shown.Remove("translateRequiredQueryParameters");
        shown["provisioningState"] = "InProgress";
        return new()
        {
            ["id"] = json.Id(address.Path),
            ["type"] = address.Kind.Type,
            ["name"] = address.Name,
            ["properties"] = shown,
        };
    }

    private ArmReply Link(EntityAddress address, Entity? existing)
    {
        if (EntityAddress.Split(address.Name!).Revision is not null)
            return ArmReply.Invalid("apiId", "A product has APIs, not revisions.");
        if (store.CurrentRevision(address.Name!) is null)
            return ArmReply.NotFound(EntityKind.Api.Word);
        var link = existing ?? store.Write(address.Kind, address.Path, []);
        return new(existing is null ? 201 : 200, json.Of(link));
    }

    private ArmReply Remove(Entity existing)
    {
        store.Remove(existing.Path);
        return new(200);
    }

    private ArmReply Shown(int status, Entity entity) =>
        new ArmReply(status, json.Of(entity)).With("ETag", entity.ETag);

    private static JsonObject? Properties(ArmRequest request, string definition, out ArmReply? fault)
    {
        if (request.Body(out fault) is not { } body)
            return null;
        if (body.FirstOrDefault(pair => pair.Key != "properties").Key is { } strange)
            fault = ArmReply.Invalid(strange, $"'{strange}' is not a field that may be written.");
        else if (Fields.Fault(body["properties"], definition, "properties") is { } wrong)
            fault = ArmReply.Invalid(wrong.Target, wrong.Message);
        return fault is null ? body["properties"]!.DeepClone().AsObject() : null;
    }

    /// <summary>RFC 7396: null takes away, maps are merged, all else replaces.</summary>
    private static void Merge(JsonObject whole, JsonObject patch)
    {
        foreach (var (name, value) in patch)
            if (value is null)
                whole.Remove(name);
            else if (value is JsonObject map && whole[name] is JsonObject former)
                Merge(former, map);
            else
                whole[name] = value.DeepClone();
    }
}
