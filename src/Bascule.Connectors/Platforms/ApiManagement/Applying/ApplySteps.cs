using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Live;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>
/// A set of changes as writes in an order in which each finds what it refers to: first what others use, then APIs one after the other, then what uses them; what
/// goes, the other way round and last.
/// </summary>
/// <param name="mark">What a new revision says of itself, by the digest of the document that its operations come from.</param>
internal sealed class ApplySteps(ApimChangeSet set, LiveService live, Func<string?, string> mark)
{
    private static readonly IReadOnlyList<ApimKind> BeforeApis =
    [
        ApimKind.NamedValue,
        ApimKind.VersionSet,
        ApimKind.Backend,
        ApimKind.Logger,
        ApimKind.PolicyFragment,
        ApimKind.Diagnostic,
        ApimKind.Policy,
    ];

    private static readonly IReadOnlyList<ApimKind> AfterApis =
    [
        ApimKind.Product,
        ApimKind.ProductPolicy,
        ApimKind.ProductApi,
    ];

    private readonly HashSet<ApimAddress> _revised = [.. set.Revisions.Select(revision => revision.Api)];

    public IReadOnlyList<ApplyStep> InOrder() =>
        [
            .. BeforeApis.SelectMany(Puts),
            .. set.Revisions.SelectMany(Revise),
            .. ExplicitRevisions(),
            .. Puts(ApimKind.ApiDiagnostic),
            .. AfterApis.SelectMany(Puts),
            .. AfterApis.Reverse().SelectMany(Deletes),
            .. Deletes(ApimKind.ApiDiagnostic),
            .. Deletes(ApimKind.OperationPolicy),
            .. Deletes(ApimKind.ApiPolicy),
            .. Deletes(ApimKind.Api),
            .. BeforeApis.Reverse().SelectMany(Deletes),
        ];

    private IEnumerable<ApplyStep> Puts(ApimKind kind) =>
        Direct(kind, ApimAction.Create, ApimAction.Update)
            .Select(change => new ApplyStep.Put(change.Address, Marked(change), change.Before)
            {
                Import = ImportOf(change),
            });

    private JsonObject Marked(ApimChange change)
    {
        if (change.Import is not { } document)
            return change.Wanted!;
        var wanted = (JsonObject)change.Wanted!.DeepClone();
        wanted["apiRevisionDescription"] = mark(RevisionMark.DigestOf(document));
        return wanted;
    }

    private IEnumerable<ApplyStep> Deletes(ApimKind kind) =>
        Direct(kind, ApimAction.Delete)
            .Select(change => new ApplyStep.Delete(change.Address, change.Before!, Below(change.Address)));

    /// <summary>What a new revision does not bring.</summary>
    private IEnumerable<ApimChange> Direct(ApimKind kind, params ApimAction[] actions) =>
        set.Changes.Where(change =>
            change.Address.Kind == kind && actions.Contains(change.Action) && !IsInRevision(change)
        );

    private bool IsInRevision(ApimChange change) =>
        change.Address.Kind != ApimKind.ApiDiagnostic && _revised.Contains(change.Address.Chain().First());

    private IEnumerable<ApplyStep> Revise(RevisionChange revision)
    {
        var own = set.Changes.FirstOrDefault(change => change.Address.Equals(revision.Api));
        var before = live.Find(revision.Api);
        var information = Information(own?.Wanted ?? before!);
        if (before is null)
            // An API that nobody can call: it has no operations until its second revision is released.
            yield return new ApplyStep.Put(revision.Api, information, Before: null);
        var inside = before is null ? information : SharedMembers.Keep(information, before);
        var wanted = (JsonObject)inside.DeepClone();
        wanted["apiRevisionDescription"] = mark(revision.Document);
        var import = own is null ? null : ImportOf(own);
        yield return new ApplyStep.Revise(
            revision.Api,
            revision.From,
            revision.To,
            before is null && import is not null ? With(wanted, import) : wanted
        );
        if (before is not null && import is not null)
            yield return new ApplyStep.InRevision(revision.Target, With(wanted, import));
        foreach (var change in set.Changes.Where(change => IsBelow(change, revision.Api)))
            yield return new ApplyStep.InRevision(change.Address.Under(revision.Target), change.Wanted);
        yield return new ApplyStep.Release(revision.Api, revision.From ?? 1, revision.To);
        if (ResourceComparison.IsSame(ApimKind.Api, information, inside))
            yield break;
        var last = (JsonObject)information.DeepClone();
        last["apiRevisionDescription"] = mark(revision.Document);
        yield return new ApplyStep.Share(revision.Api, revision.To, last, wanted);
    }

    private IEnumerable<ApplyStep> ExplicitRevisions() =>
        Puts(ApimKind.Api).Concat(Puts(ApimKind.ApiPolicy)).Concat(Puts(ApimKind.OperationPolicy));

    private bool IsBelow(ApimChange change, ApimAddress api) =>
        !change.Address.Equals(api) && IsInRevision(change) && api.Equals(change.Address.Chain().First());

    /// <summary>What an API says of itself, without what says which of its revisions this is.</summary>
    private static JsonObject Information(JsonObject properties)
    {
        var copy = ReadOnlyMembers.Without(properties);
        foreach (var name in new[] { "apiRevision", "apiRevisionDescription", "isCurrent", "sourceApiId" })
            copy.Remove(name);
        return copy;
    }

    private static JsonObject? ImportOf(ApimChange change) =>
        change.Import is { } document
            ? new JsonObject { ["format"] = document.Format, ["value"] = document.Text }
            : null;

    private static JsonObject With(JsonObject properties, JsonObject more)
    {
        var copy = (JsonObject)properties.DeepClone();
        foreach (var (name, value) in more)
            copy[name] = value?.DeepClone();
        return copy;
    }

    /// <summary>Operations before their policies.</summary>
    private IReadOnlyList<LostResource> Below(ApimAddress address) =>
        [
            .. live
                .Resources.Where(resource => resource.Key.Chain().SkipLast(1).Contains(address))
                .OrderBy(resource => resource.Key.Chain().Count())
                .ThenBy(resource => resource.Key.Path, StringComparer.Ordinal)
                .Select(resource => new LostResource(resource.Key, resource.Value)),
        ];
}
