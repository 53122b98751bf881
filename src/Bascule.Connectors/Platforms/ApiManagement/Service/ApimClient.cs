using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Service;

/// <summary>The resources of one service. Safe to use from many tasks at once; writes of one API are to come one after the other.</summary>
internal sealed class ApimClient(ApimOptions options, ArmClient arm) : IDisposable
{
    public void Dispose() => arm.Dispose();

    /// <summary>The full id that other resources refer to it by.</summary>
    public string IdOf(ApimAddress address) => $"{options.ServiceId}/{address.Path}";

    /// <summary>Proves that the login works and that the service is there.</summary>
    public async Task<Result<string>> IdentifyAsync(ArmSession session, CancellationToken cancellationToken)
    {
        const string doing = "read the service";
        var found = await arm.FindAsync(session, options.ServiceId, "", doing, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        return found.Value is { } service
            ? $"API Management {service.Name}"
            : Problem.NotFound(
                $"{options.Subject}: there is no service '{options.Service}' in resource group '{options.ResourceGroup}'; correct the connection, or give the login a role there"
            );
    }

    /// <summary>Null when it is not there.</summary>
    public async Task<Result<ArmResource?>> FindAsync(
        ArmSession session,
        ApimAddress address,
        CancellationToken cancellationToken
    )
    {
        var doing = $"read {address}";
        if (!IsLink(address))
            return await arm.FindAsync(session, PathOf(address), QueryOf(address.Kind), doing, cancellationToken);
        var asked = await arm.ExistsAsync(session, PathOf(address), doing, cancellationToken);
        return asked.Failed(out var problem)
            ? problem
            : Result.Of(asked.Value ? new ArmResource(address.Name, [], ETag: null) : null);
    }

    /// <summary>All of a kind. NotFound when what it lies below is not there.</summary>
    /// <param name="parent">Null for what is directly below the service.</param>
    public Task<Result<IReadOnlyList<ArmResource>>> ListAsync(
        ArmSession session,
        ApimKind kind,
        ApimAddress? parent,
        CancellationToken cancellationToken
    ) =>
        arm.ListAsync(
            session,
            $"{(parent is null ? options.ServiceId : PathOf(parent))}/{kind.Collection}",
            $"list {kind.Collection}{(parent is null ? "" : $" of {parent}")}",
            cancellationToken
        );

    /// <summary>The revisions that an API has, by their numbers; none when there is no such API.</summary>
    public async Task<Result<IReadOnlyList<int>>> RevisionsAsync(
        ArmSession session,
        ApimAddress api,
        CancellationToken cancellationToken
    )
    {
        var listed = await arm.ListRowsAsync(
            session,
            PathOf(api) + "/revisions",
            $"list revisions of {api}",
            cancellationToken
        );
        if (listed.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<IReadOnlyList<int>>([]) : problem;
        return Result.Of<IReadOnlyList<int>>([
            .. listed
                .Value.Select(row => row["apiRevision"]?.ToString())
                .Where(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(text => int.Parse(text!, CultureInfo.InvariantCulture)),
        ]);
    }

    /// <param name="ifMatch">Null to make it; Conflict when it is not that any more.</param>
    public Task<Result<Done>> PutAsync(
        ArmSession session,
        ApimAddress address,
        JsonObject properties,
        string? ifMatch,
        CancellationToken cancellationToken
    ) =>
        arm.PutAsync(
            session,
            PathOf(address),
            IsLink(address) ? null : new JsonObject { ["properties"] = properties.DeepClone() },
            ifMatch,
            $"apim.{address.Kind.Collection}.put",
            $"write {address}",
            cancellationToken
        );

    /// <summary>Done also when it was not there. Of an API that names no revision: all of its revisions.</summary>
    /// <param name="ifMatch"><c>*</c> for whatever it is.</param>
    public Task<Result<Done>> DeleteAsync(
        ArmSession session,
        ApimAddress address,
        string ifMatch,
        CancellationToken cancellationToken
    ) =>
        arm.DeleteAsync(
            session,
            PathOf(address),
            // Said only of a whole API: to delete one revision must never delete the others.
            address.Kind == ApimKind.Api
            && RevisionName.ApiOf(address.Name) == address.Name
                ? "&deleteRevisions=true"
                : "",
            ifMatch,
            $"apim.{address.Kind.Collection}.delete",
            $"delete {address}",
            cancellationToken
        );

    private string PathOf(ApimAddress address) =>
        options.ServiceId
        + string.Concat(address.Chain().Select(part => $"/{part.Kind.Collection}/{Uri.EscapeDataString(part.Name)}"));

    /// <summary>It is there or not, and says no more: it has no body and no version.</summary>
    private static bool IsLink(ApimAddress address) => address.Kind == ApimKind.ProductApi;

    /// <summary>Policies as they were written, not as XML inside XML (THREATS T128).</summary>
    private static string QueryOf(ApimKind kind) =>
        kind.IsPolicy || kind == ApimKind.PolicyFragment ? "&format=rawxml" : "";
}
