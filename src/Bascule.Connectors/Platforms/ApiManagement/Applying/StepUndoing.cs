using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>
/// Takes one step back to what the journal says was there. A step that was never made is seen as that and left; what somebody else has changed since is a
/// Conflict and not overwritten.
/// </summary>
/// <param name="journal">The one that its steps are of.</param>
internal sealed class StepUndoing(ApimClient client, ArmSession session, ApplyJournal journal)
{
    private readonly StepMaking _making = new(client, session, journal.Owner);

    public Task<Result<Done>> UndoAsync(ApplyStep step, CancellationToken cancellationToken) =>
        step switch
        {
            ApplyStep.Put { Before: null } put => RemoveAsync(put, cancellationToken),
            ApplyStep.Put put => RestoreAsync(put, put.Before, cancellationToken),
            ApplyStep.Delete delete => BringBackAsync(delete, cancellationToken),
            ApplyStep.Share share => UnshareAsync(share, cancellationToken),
            ApplyStep.Revise revise => DropAsync(revise, cancellationToken),
            // It goes with its revision.
            ApplyStep.InRevision => Task.FromResult(Result.Done),
            ApplyStep.Release release => GoBackAsync(release, cancellationToken),
            _ => throw new InvalidOperationException("an unknown kind of step"),
        };

    private async Task<Result<Done>> RemoveAsync(ApplyStep.Put put, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, put.Place, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } live)
            return Result.Done;
        return ResourceComparison.IsSame(put.Place.Kind, put.Wanted, live.Properties)
            ? await client.DeleteAsync(session, put.Place, live.ETag ?? "*", cancellationToken)
            : Touched(put.Place);
    }

    private async Task<Result<Done>> RestoreAsync(
        ApplyStep.Put put,
        JsonObject before,
        CancellationToken cancellationToken
    )
    {
        var found = await client.FindAsync(session, put.Place, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var (kind, live) = (put.Place.Kind, found.Value?.Properties);
        if (live is not null && ResourceComparison.IsUntouched(kind, put.Wanted, before, live))
            return Result.Done;
        if (live is null || !ResourceComparison.IsSame(kind, put.Wanted, live))
            return Touched(put.Place);
        return await client.PutAsync(session, put.Place, AsWritten(kind, before), found.Value?.ETag, cancellationToken);
    }

    private async Task<Result<Done>> UnshareAsync(ApplyStep.Share share, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, share.Api, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        // Another revision is the current one: this was never written, or is gone already.
        if (found.Value is not { } live || live.Properties["apiRevision"]?.ToString() != Text(share.To))
            return Result.Done;
        if (ResourceComparison.IsUntouched(ApimKind.Api, share.Wanted, share.Before, live.Properties))
            return Result.Done;
        return ResourceComparison.IsSame(ApimKind.Api, share.Wanted, live.Properties)
            ? await client.PutAsync(session, share.Api, share.Before, live.ETag, cancellationToken)
            : Touched(share.Api);
    }

    /// <summary>What is there again already is left: an attempt before a crash brought it.</summary>
    private async Task<Result<Done>> BringBackAsync(ApplyStep.Delete delete, CancellationToken cancellationToken)
    {
        foreach (var lost in delete.Below.Prepend(new LostResource(delete.Place, delete.Before)))
        {
            var found = await client.FindAsync(session, lost.Address, cancellationToken);
            if (found.Failed(out var problem))
                return problem;
            if (found.Value is not null)
                continue;
            var body = AsWritten(lost.Address.Kind, lost.Properties);
            if ((await client.PutAsync(session, lost.Address, body, null, cancellationToken)).Failed(out problem))
                return problem;
        }
        return Result.Done;
    }

    private async Task<Result<Done>> DropAsync(ApplyStep.Revise revise, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, revise.Address, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } live || !RevisionMark.IsOf(live.Properties, journal.Owner))
            return Result.Done;
        var current = await client.FindAsync(session, revise.Api, cancellationToken);
        if (current.Failed(out problem))
            return problem;
        // To delete the current revision would be to delete the API.
        if (current.Value?.Properties["apiRevision"]?.ToString() == Text(revise.To))
            return Touched(revise.Api);
        var kept = await FindTouchedAsync(revise, live.Properties, cancellationToken);
        if (kept.Failed(out problem))
            return problem;
        return kept.Value is { } touched
            ? Problem.Conflict(
                $"somebody else has changed {touched} since; {revise.Address} is not the current revision any more, and is kept with that"
            )
            : await client.DeleteAsync(session, revise.Address, live.ETag ?? "*", cancellationToken);
    }

    /// <summary>
    /// What somebody else has changed in a revision that callers had: it would go with the revision and be in no record. Null for one that was never finished.
    /// What an import brought cannot be compared.
    /// </summary>
    private async Task<Result<ApimAddress?>> FindTouchedAsync(
        ApplyStep.Revise revise,
        JsonObject live,
        CancellationToken cancellationToken
    )
    {
        if (!journal.WasMade)
            return Result.Of<ApimAddress?>(null);
        foreach (var inside in journal.Steps.OfType<ApplyStep.InRevision>().Where(step => IsIn(step, revise)))
        {
            var found = await client.FindAsync(session, inside.Place, cancellationToken);
            if (found.Failed(out var problem))
                return problem;
            var there = found.Value?.Properties;
            var isAsMade = inside.Wanted is { } wanted
                ? there is not null && ResourceComparison.IsSame(inside.Place.Kind, wanted, there)
                : there is null;
            if (!isAsMade)
                return inside.Place;
        }
        return Result.Of<ApimAddress?>(null);
    }

    private static bool IsIn(ApplyStep.InRevision step, ApplyStep.Revise revise) =>
        step.Place.Kind != ApimKind.Api && revise.Address.Equals(step.Place.Chain().First());

    private async Task<Result<Done>> GoBackAsync(ApplyStep.Release release, CancellationToken cancellationToken)
    {
        var current = await client.FindAsync(session, release.Api, cancellationToken);
        if (current.Failed(out var problem))
            return problem;
        // It was never made: not even the API is there.
        return current.Value is null
            ? Result.Done
            : await _making.ReleaseAsync(release.Api, release.To, release.From, cancellationToken);
    }

    /// <summary>What was read, in the form in which it is written.</summary>
    private static JsonObject AsWritten(ApimKind kind, JsonObject read)
    {
        var body = ReadOnlyMembers.Without(read);
        if (kind.IsPolicy || kind == ApimKind.PolicyFragment)
            body["format"] = "rawxml";
        if (kind == ApimKind.Api)
            foreach (var name in new[] { "apiRevision", "isCurrent" })
                body.Remove(name);
        return body;
    }

    private static string Text(int revision) => revision.ToString(CultureInfo.InvariantCulture);

    private static Problem Touched(ApimAddress address) =>
        Problem.Conflict($"somebody else has changed {address} since; it is left as it is");
}
