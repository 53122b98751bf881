using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>Answers for one workspace: who is asked for, and by which method.</summary>
internal sealed class AmlService(
    AmlPlace place,
    Computes computes,
    AssetReads reads,
    AssetWrites writes,
    CodeUploads uploads,
    JobApi jobs
) : IArmService
{
    private static readonly string[] Known =
    [
        "api-version",
        "$skip",
        "$top",
        "$orderBy",
        "hash",
        "hashVersion",
        "jobType",
        "listViewType",
        "properties",
        "tag",
        "tags",
        "version",
    ];

    public ArmReply Conflict() => AmlReply.Conflict("Another operation on this resource is in progress.");

    /// <summary>Two writes to one resource at once are a conflict (assumed); uploads and cancels are not.</summary>
    public string? Held(ArmRequest request) => request.Method == "PUT" ? string.Join('/', request.Below) : null;

    public string Topic(ArmRequest request) =>
        request.Below switch
        {
            [] => "workspace",
            ["locations", ..] => "operations",
            { Length: 1 or 2 } below => below[0],
            [var chain, _, "versions", _, var act] => $"{chain}/{act}",
            [var chain, _, var act] => $"{chain}/{act}",
            [var chain, ..] => $"{chain}/versions",
        };

    /// <summary>The results of an operation that takes long are read at the resource group.</summary>
    public ArmRight Needed(ArmRequest request)
    {
        const string workspaces = "workspaces";
        return (request.Below, request.Method) switch
        {
            (["locations", _, var kind, ..], _) => new(ArmRole.Poll, $"locations/{kind}/read"),
            ([], "GET" or "HEAD") => new(ArmRole.Read, $"{workspaces}/read"),
            ([], _) => new(ArmRole.Write, $"{workspaces}/write"),
            (["computes", ..], not ("GET" or "HEAD")) => new(ArmRole.Compute, $"{workspaces}/computes/write"),
            (_, "GET" or "HEAD") => new(ArmRole.Read, $"{workspaces}/{Topic(request)}/read"),
            (_, "POST") => new(ArmRole.Write, $"{workspaces}/{Topic(request)}/action"),
            (_, "DELETE") => new(ArmRole.Write, $"{workspaces}/{Topic(request)}/delete"),
            _ => new(ArmRole.Write, $"{workspaces}/{Topic(request)}/write"),
        };
    }

    public ArmReply Answer(ArmRequest request)
    {
        if (request.Query.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            return ArmReply.Unknown($"the query parameter '{unknown}'");
        return (request.Below, request.Method) switch
        {
            ([], "GET") => new(200, Workspace()),
            (["locations", _, "mfeOperationResults", var id], "GET") => jobs.Result(id),
            (["computes"], "GET") => computes.List(request),
            (["computes", var name], "GET") => computes.Get(name),
            (["jobs"], "GET") => jobs.List(request),
            (["jobs", var name], "GET") => jobs.Get(name),
            (["jobs", var name], "PUT") => jobs.Put(name, request),
            (["jobs", var name, "cancel"], "POST") => jobs.Cancel(name),
            (["codes", var name, "versions", var version, "startPendingUpload"], "POST") => uploads.Start(
                name,
                version,
                request
            ),
            (["computes", ..], not "GET") => ArmReply.Unknown("changes of compute"),
            (["jobs", _], "DELETE") => ArmReply.Unknown("the deletion of jobs"),
            ([] or ["computes" or "jobs", ..] or [.., "startPendingUpload"], _) => AmlReply.NotAllowed(),
            ([var chain, ..], _) when AssetKind.Find(chain) is { } kind => Asset(kind, request),
            _ => ArmReply.Refuse(404, "InvalidResourceType", "The resource type could not be found."),
        };
    }

    private ArmReply Asset(AssetKind kind, ArmRequest request) =>
        (request.Below[1..], request.Method) switch
        {
            ([], "GET") => reads.Containers(kind, request),
            ([var name], "GET") => reads.Container(kind, name),
            ([var name], "PUT") => writes.PutContainer(kind, name, request),
            ([var name, "versions"], "GET") => reads.Versions(kind, name, request),
            ([var name, "versions", var version], "GET") => reads.Version(kind, name, version),
            ([var name, "versions", var version], "PUT") => writes.PutVersion(kind, name, version, request),
            ([_] or [_, "versions", _], "DELETE") => ArmReply.Unknown("the deletion of assets"),
            _ => AmlReply.NotAllowed(),
        };

    private JsonObject Workspace() =>
        new()
        {
            ["id"] = place.Scope.Service,
            ["name"] = place.Scope.ServiceName,
            ["type"] = $"{AmlPlace.Provider.Namespace}/workspaces",
            ["location"] = place.Options.Location,
            ["sku"] = new JsonObject { ["name"] = "Basic", ["tier"] = "Basic" },
            ["properties"] = new JsonObject
            {
                ["friendlyName"] = "Simulated by Bascule",
                ["provisioningState"] = "Succeeded",
                ["storageAccount"] = place.StorageAccount,
                ["mlFlowTrackingUri"] = place.TrackingUri,
                ["publicNetworkAccess"] = "Enabled",
            },
        };
}
