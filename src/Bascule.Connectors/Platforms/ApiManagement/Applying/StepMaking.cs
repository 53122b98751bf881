using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>
/// Makes one step. What is there is looked at first: a step that was made by an attempt before a crash is not made twice, and what somebody else has changed
/// meanwhile is a Conflict and not overwritten.
/// </summary>
/// <param name="owner">What new revisions are marked with.</param>
internal sealed class StepMaking(ApimClient client, ArmSession session, string owner)
{
    public Task<Result<Done>> MakeAsync(ApplyStep step, CancellationToken cancellationToken) =>
        step switch
        {
            ApplyStep.Put put => PutAsync(put, cancellationToken),
            ApplyStep.Delete delete => DeleteAsync(delete, cancellationToken),
            ApplyStep.Revise revise => ReviseAsync(revise, cancellationToken),
            ApplyStep.InRevision inside => InsideAsync(inside, cancellationToken),
            ApplyStep.Share share => ShareAsync(share, cancellationToken),
            ApplyStep.Release release => ReleaseAsync(release.Api, release.From, release.To, cancellationToken),
            _ => throw new InvalidOperationException("an unknown kind of step"),
        };

    /// <summary>Makes another revision the current one. Conflict when neither is.</summary>
    public async Task<Result<Done>> ReleaseAsync(ApimAddress api, int from, int to, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, api, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var current = found.Value?.Properties["apiRevision"]?.ToString();
        if (current == Text(to))
            return Result.Done;
        if (current != Text(from))
            return Touched(api);
        var place = api.Below(ApimKind.Release, $"{owner}-{Text(to)}");
        var earlier = await client.FindAsync(session, place, cancellationToken);
        if (earlier.Failed(out problem))
            return problem;
        var release = new JsonObject
        {
            ["apiId"] = $"/{ApimKind.Api.Collection}/{RevisionName.Of(api.Name, to)}",
            ["notes"] = $"by Bascule, run key {owner}",
        };
        return await client.PutAsync(session, place, release, earlier.Value?.ETag, cancellationToken);
    }

    private async Task<Result<Done>> PutAsync(ApplyStep.Put put, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, put.Place, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var (kind, live) = (put.Place.Kind, found.Value?.Properties);
        // What an import brings cannot be compared: it is asked for again.
        if (live is not null && put.Import is null && ResourceComparison.IsSame(kind, put.Wanted, live))
            return Result.Done;
        if (live is null != put.Before is null && !IsOwn(put, live))
            return Touched(put.Place);
        if (
            live is not null
            && put.Before is { } before
            && !ResourceComparison.IsUntouched(kind, put.Wanted, before, live)
            && !IsOwn(put, live)
        )
            return Touched(put.Place);
        return await client.PutAsync(session, put.Place, Body(put), found.Value?.ETag, cancellationToken);
    }

    /// <summary>An earlier attempt of this deployment left it, before its answer came.</summary>
    private bool IsOwn(ApplyStep.Put put, JsonObject? live) =>
        live is not null && put.Import is not null && RevisionMark.IsOf(live, owner);

    private async Task<Result<Done>> DeleteAsync(ApplyStep.Delete delete, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, delete.Place, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } live)
            return Result.Done;
        return ResourceComparison.IsSame(delete.Place.Kind, ReadOnlyMembers.Without(delete.Before), live.Properties)
            ? await client.DeleteAsync(session, delete.Place, live.ETag ?? "*", cancellationToken)
            : Touched(delete.Place);
    }

    private async Task<Result<Done>> ReviseAsync(ApplyStep.Revise revise, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, revise.Address, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is { } there)
            return RevisionMark.IsOf(there.Properties, owner) ? Result.Done : Touched(revise.Address);
        var body = (JsonObject)revise.Wanted.DeepClone();
        body["apiRevision"] = Text(revise.To);
        if (revise.From is not null)
            body["sourceApiId"] = client.IdOf(revise.Api);
        return await client.PutAsync(session, revise.Address, body, ifMatch: null, cancellationToken);
    }

    private async Task<Result<Done>> ShareAsync(ApplyStep.Share share, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, share.Api, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } live || live.Properties["apiRevision"]?.ToString() != Text(share.To))
            return Touched(share.Api);
        if (ResourceComparison.IsSame(ApimKind.Api, share.Wanted, live.Properties))
            return Result.Done;
        return ResourceComparison.IsUntouched(ApimKind.Api, share.Wanted, share.Before, live.Properties)
            ? await client.PutAsync(session, share.Api, share.Wanted, live.ETag, cancellationToken)
            : Touched(share.Api);
    }

    /// <summary>Nobody but this deployment writes in a revision that it made; the revision itself was looked at.</summary>
    private async Task<Result<Done>> InsideAsync(ApplyStep.InRevision inside, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, inside.Place, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (inside.Wanted is not { } wanted)
            return found.Value is null
                ? Result.Done
                : await client.DeleteAsync(session, inside.Place, found.Value.ETag ?? "*", cancellationToken);
        if (
            inside.Place.Kind != ApimKind.Api
            && found.Value is { } there
            && ResourceComparison.IsSame(inside.Place.Kind, wanted, there.Properties)
        )
            return Result.Done;
        return await client.PutAsync(session, inside.Place, wanted, found.Value?.ETag, cancellationToken);
    }

    private static JsonObject Body(ApplyStep.Put put)
    {
        var body = (JsonObject)put.Wanted.DeepClone();
        foreach (var (name, value) in put.Import ?? [])
            body[name] = value?.DeepClone();
        return body;
    }

    private static string Text(int revision) => revision.ToString(CultureInfo.InvariantCulture);

    private static Problem Touched(ApimAddress address) =>
        Problem.Conflict($"somebody else has changed {address} since the plan was made; it is left as it is");
}
