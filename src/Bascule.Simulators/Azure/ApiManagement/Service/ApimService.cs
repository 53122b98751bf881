using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>Answers for one service: who is asked for, and by which method.</summary>
internal sealed class ApimService(
    ArmScope scope,
    EntityStore store,
    EntityJson json,
    LongOperations operations,
    Reads reads,
    Writes writes
) : IArmService
{
    private static readonly string[] Known =
    [
        "api-version",
        "$top",
        "$skip",
        "format",
        "deleteRevisions",
        "deleteSubscriptions",
        "asyncId",
        "asyncCode",
    ];

    public static ArmProvider Provider { get; } =
        new("Microsoft.ApiManagement", "service", "2024-05-01", "bascule-apim", ["PUT", "PATCH", "DELETE"]);

    public static ArmReply Busy() =>
        ArmReply.Refuse(409, "PessimisticConcurrencyConflict", "Operation on the API is in progress");

    public ArmReply Conflict() => Busy();

    /// <summary>The results of an operation that takes long are read at the resource group.</summary>
    public ArmRight Needed(ArmRequest request) =>
        request.Query.ContainsKey("asyncId") || request.Below is ["tenant", "operationResults", ..]
            ? new(ArmRole.Poll, "service/operationresults/read")
            : request.Method switch
            {
                "GET" or "HEAD" => new(ArmRole.Read, "service/read"),
                "POST" => new(ArmRole.Secrets, "service/namedValues/listValue/action"),
                "DELETE" => new(ArmRole.Write, "service/delete"),
                _ => new(ArmRole.Write, "service/write"),
            };

    public string? Held(ArmRequest request) =>
        EntityAddress.Parse(request.Below) is { } address ? Writes.Held(address) : null;

    public string Topic(ArmRequest request) =>
        request.Below.Length == 0 ? "service"
        : request.Asked("asyncId") is not null || request.Below is ["tenant", ..] ? "operations"
        : EntityAddress.Parse(request.Below)?.Kind.Chain ?? "other";

    public ArmReply Answer(ArmRequest request)
    {
        operations.RunDue();
        if (request.Query.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            return ArmReply.Unknown($"the query parameter '{unknown}'");
        if (request.Asked("asyncId") is { } polled)
            return operations.Location(polled);
        return request.Below switch
        {
            [] => request.Method == "GET" ? new(200, Service()) : NotAllowed(),
            ["tenant", "operationResults", var id] => operations.Status(id),
            ["namedValues", var name, "listValue"] => request.Method == "POST" ? Value(name) : NotAllowed(),
            ["apis", var api, "revisions"] => request.Method == "GET" ? reads.Revisions(api, request) : NotAllowed(),
            _ => Entity(request),
        };
    }

    private ArmReply Entity(ArmRequest request)
    {
        if (EntityAddress.Parse(request.Below) is not { } address)
            return ArmReply.Refuse(404, "InvalidResourceType", "The resource type could not be found.");
        if (address.Kind.IsOfAllRevisions && address.ApiRevision is not null)
            return ArmReply.Invalid("apiId", $"'{address.Kind.Chain}' takes no revision.");
        return (request.Method, address.Name) switch
        {
            ("GET", null) => reads.List(address, request),
            ("GET" or "HEAD", not null) => reads.One(address, request),
            ("PUT", not null) => writes.Put(address, request),
            ("PATCH", not null) when address.Kind.Update is not null => writes.Patch(address, request),
            ("DELETE", not null) => writes.Delete(address, request),
            _ => NotAllowed(),
        };
    }

    private ArmReply Value(string name) =>
        store.Find($"namedValues/{name}") is { } found
            ? new ArmReply(200, new JsonObject { ["value"] = found.Text("value") ?? "from the key vault" }).With(
                "ETag",
                found.ETag
            )
            : ArmReply.NotFound(EntityKind.NamedValue.Word);

    private JsonObject Service() =>
        new()
        {
            ["id"] = scope.Service,
            ["name"] = scope.ServiceName,
            ["type"] = "Microsoft.ApiManagement/service",
            ["location"] = "West Europe",
            ["sku"] = new JsonObject { ["name"] = "Developer", ["capacity"] = 1 },
            ["etag"] = "AAAAAAAAAAE=",
            ["properties"] = new JsonObject
            {
                ["publisherEmail"] = "apis@example.com",
                ["publisherName"] = "Simulated by Bascule",
                ["provisioningState"] = "Succeeded",
                ["gatewayUrl"] = $"https://{scope.ServiceName}.azure-api.net",
            },
        };

    private static ArmReply NotAllowed() =>
        ArmReply.Refuse(405, "MethodNotAllowed", "The requested method is not supported for this resource.");

    /// <summary>Paths as they are kept; each value canonical.</summary>
    public IReadOnlyDictionary<string, EntityState> State()
    {
        operations.RunAll();
        return store.All.ToDictionary(
            entity => json.Shown(entity),
            entity => new EntityState(Canonical.Text(Marked(entity)), entity.ETag)
        );
    }

    private JsonObject Marked(Entity entity)
    {
        var properties = entity.Properties.DeepClone().AsObject();
        if (entity.Kind == EntityKind.Api)
        {
            properties["apiRevision"] = EntityAddress.Split(entity.Name).Revision;
            properties["isCurrent"] = store.IsCurrent(entity);
        }
        return properties;
    }
}
