using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Live;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

/// <summary>
/// A commit beside the live service, resource by resource. Deleted is only what an earlier deployment of the same repository brought: a service has other
/// teams' resources too.
/// </summary>
/// <param name="wanted">Of the commit, each address once.</param>
/// <param name="deployed">What the last deployment brought.</param>
internal sealed class ApimComparison(
    IReadOnlyList<ApimResource> wanted,
    IReadOnlyList<ApimAddress> deployed,
    LiveService live
)
{
    private readonly Dictionary<ApimAddress, ApimResource> _wanted = wanted.ToDictionary(one => one.Address);

    /// <summary>Denied when something cannot be done safely; every such thing is named.</summary>
    public Result<ApimChangeSet> Compare()
    {
        var refusals = new List<string>();
        var changes = wanted.Select(Change).OfType<ApimChange>().ToList();
        changes.AddRange(Deletions());
        foreach (var change in changes)
            if (RefusalOf(change) is { } refusal)
                refusals.Add(refusal);
        if (refusals.Count > 0)
            return Problem.Denied(string.Join("; ", refusals));
        changes.Sort((one, other) => string.CompareOrdinal(one.Address.Path, other.Address.Path));
        return new ApimChangeSet(changes, [.. Revisions(changes)]);
    }

    /// <summary>What is below an API or product of the commit and neither the commit nor an earlier deployment knows: made by hand, and left alone.</summary>
    public IEnumerable<ApimAddress> Strangers() =>
        live
            .Resources.Keys.Where(address =>
                address.Kind.IsPolicy
                && !_wanted.ContainsKey(address)
                && !deployed.Contains(address)
                && address.Chain().First() is var top
                && !top.Equals(address)
                && _wanted.ContainsKey(top)
            )
            .OrderBy(address => address.Path, StringComparer.Ordinal);

    private ApimChange? Change(ApimResource resource)
    {
        var before = live.Find(resource.Address);
        var import = resource.Specification is { } specification && IsOther(specification, resource.Address, before);
        var fields = before is null
            ? []
            : ResourceComparison.Differences(resource.Address.Kind, resource.Properties, before).ToList();
        if (before is not null && fields.Count == 0 && !import)
            return null;
        if (before is not null && import)
            fields.Add("operations");
        return new ApimChange(resource.Address, before is null ? ApimAction.Create : ApimAction.Update, fields)
        {
            File = resource.File,
            Wanted = resource.Properties,
            Before = before,
            Import = import ? resource.Specification : null,
        };
    }

    /// <summary>
    /// Another document than the revision was made of, or other operations than it tells: somebody changed them by hand. What only the document's text could
    /// show, such as a changed description by hand, is not seen.
    /// </summary>
    private bool IsOther(ApiSpecification specification, ApimAddress api, JsonObject? before)
    {
        if (before is null || RevisionMark.DocumentOf(before) != RevisionMark.DigestOf(specification))
            return true;
        if (specification.Operations.Count == 0)
            return false;
        var there = live.Below(api, ApimKind.Operation).Select(address => Told(live.Find(address)!));
        return !specification
            .Operations.Select(operation => $"{operation.Method} {operation.UrlTemplate}")
            .ToHashSet(StringComparer.Ordinal)
            .SetEquals(there);
    }

    private static string Told(JsonObject operation) => $"{operation["method"]} {operation["urlTemplate"]}";

    private IEnumerable<ApimChange> Deletions()
    {
        foreach (var address in deployed)
        {
            if (_wanted.ContainsKey(address) || live.Find(address) is not { } before)
                continue;
            // What lies below something that goes goes with it.
            if (address.Chain().SkipLast(1).Any(IsDeleted) || IsDeleted(WholeApiOf(address)))
                continue;
            yield return new ApimChange(address, ApimAction.Delete, []) { Before = before };
        }
    }

    private bool IsDeleted(ApimAddress? address) =>
        address is not null && !_wanted.ContainsKey(address) && deployed.Contains(address);

    /// <summary>Of one revision, the API that it is a revision of; null for anything else.</summary>
    private static ApimAddress? WholeApiOf(ApimAddress address) =>
        address.Chain().First() is { Kind: var kind, Name: var name }
        && kind == ApimKind.Api
        && RevisionName.NumberOf(name) is not null
            ? ApimAddress.Of(ApimKind.Api, RevisionName.ApiOf(name))
            : null;

    private string? RefusalOf(ApimChange change)
    {
        if (WholeApiOf(change.Address) is not { } api)
            return null;
        var number = RevisionName.NumberOf(change.Address.Chain().First().Name);
        if (live.CurrentRevision(api) == number)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{change.File ?? change.Address.Path}: revision {number} of {api.Name} is the current one, which callers reach; change the API itself, or take a number that is not in use"
            );
        return change.Action == ApimAction.Create && change.Address.Kind == ApimKind.Api && !IsThere(api)
            ? $"{change.File}: there is no API {api.Name} that this could be a revision of; commit the API too"
            : null;
    }

    private bool IsThere(ApimAddress api) => _wanted.ContainsKey(api) || live.Find(api) is not null;

    /// <summary>Every API of which something changes that a revision has.</summary>
    private IEnumerable<RevisionChange> Revisions(IReadOnlyList<ApimChange> changes)
    {
        foreach (
            var api in changes
                .Where(change => IsRevised(change))
                .Select(change => change.Address.Chain().First())
                .Distinct()
        )
        {
            var (from, taken) = (live.CurrentRevision(api), live.Revisions.GetValueOrDefault(api) ?? []);
            var committed = _wanted
                .Keys.Where(address => address.Kind == ApimKind.Api && api.Equals(WholeApiOf(address)))
                .Select(address => RevisionName.NumberOf(address.Name) ?? 0);
            // The first revision of a new API has no operations: it is there for the second to be released.
            var to = taken.Concat(committed).Append(from ?? 1).Max() + 1;
            var document = _wanted.GetValueOrDefault(api)?.Specification is { } specification
                ? RevisionMark.DigestOf(specification)
                : null;
            yield return new RevisionChange(api, from, to, document);
        }
    }

    /// <summary>An API's diagnostics belong to no revision.</summary>
    private static bool IsRevised(ApimChange change) =>
        change.Address.Chain().First() is { Kind: var top, Name: var name }
        && top == ApimKind.Api
        && RevisionName.NumberOf(name) is null
        && change.Address.Kind != ApimKind.ApiDiagnostic
        && !(change.Address.Kind == ApimKind.Api && change.Action == ApimAction.Delete);
}
