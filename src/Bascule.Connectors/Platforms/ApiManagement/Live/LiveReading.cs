using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Live;

/// <summary>One look at a service, several reads at a time. Good for one look.</summary>
internal sealed class LiveReading(ApimClient client, ArmSession session)
{
    private static readonly IReadOnlyList<ApimKind> Listed =
    [
        ApimKind.NamedValue,
        ApimKind.VersionSet,
        ApimKind.Backend,
        ApimKind.Logger,
        ApimKind.Diagnostic,
        ApimKind.Product,
    ];

    private readonly ConcurrentDictionary<ApimAddress, JsonObject> _found = new();
    private readonly ConcurrentDictionary<ApimAddress, IReadOnlyList<int>> _revisions = new();

    /// <summary>Whatever cannot be read fails the whole: a plan by half a look would delete what it did not see.</summary>
    public async Task<Result<LiveService>> ReadAsync(LiveScope scope, CancellationToken cancellationToken)
    {
        var first = new List<Look> { stop => FindAsync(ApimAddress.Of(ApimKind.Policy, ApimAddress.PolicyName), stop) };
        first.AddRange(Listed.Select<ApimKind, Look>(kind => stop => ListAsync(kind, parent: null, stop)));
        first.AddRange(scope.Fragments.Select<ApimAddress, Look>(fragment => stop => FindAsync(fragment, stop)));
        first.AddRange(scope.Apis.Select<ApimAddress, Look>(api => stop => FindApiAsync(api, stop)));
        if ((await AllAsync(first, cancellationToken)).Failed(out var problem))
            return problem;
        var apis = scope.Apis.Where(_found.ContainsKey).ToList();
        var second = apis.SelectMany(LooksBelowApi).ToList();
        second.AddRange(scope.Products.Where(_found.ContainsKey).SelectMany(LooksBelowProduct));
        if ((await AllAsync(second, cancellationToken)).Failed(out problem))
            return problem;
        var operations = _found.Keys.Where(address => address.Kind == ApimKind.Operation).ToList();
        var third = operations.Select<ApimAddress, Look>(operation =>
            stop => FindAsync(operation.Below(ApimKind.OperationPolicy, ApimAddress.PolicyName), stop)
        );
        if ((await AllAsync(third, cancellationToken)).Failed(out problem))
            return problem;
        return new LiveService { Resources = _found, Revisions = _revisions };
    }

    private IEnumerable<Look> LooksBelowApi(ApimAddress api)
    {
        yield return stop => FindAsync(api.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName), stop);
        yield return stop => ListAsync(ApimKind.Operation, api, stop);
        // Diagnostics belong to the API, and to none of its revisions.
        if (RevisionName.NumberOf(api.Name) is null)
            yield return stop => ListAsync(ApimKind.ApiDiagnostic, api, stop);
    }

    private IEnumerable<Look> LooksBelowProduct(ApimAddress product) =>
        [
            stop => FindAsync(product.Below(ApimKind.ProductPolicy, ApimAddress.PolicyName), stop),
            stop => ListAsync(ApimKind.ProductApi, product, stop),
        ];

    private async Task<Result<Done>> FindApiAsync(ApimAddress api, CancellationToken cancellationToken)
    {
        if ((await FindAsync(api, cancellationToken)).Failed(out var problem))
            return problem;
        if (!_found.ContainsKey(api) || RevisionName.NumberOf(api.Name) is not null)
            return Result.Done;
        var revisions = await client.RevisionsAsync(session, api, cancellationToken);
        if (revisions.Failed(out problem))
            return problem;
        _revisions[api] = revisions.Value;
        return Result.Done;
    }

    private async Task<Result<Done>> FindAsync(ApimAddress address, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(session, address, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is { } resource)
            _found[address] = resource.Properties;
        return Result.Done;
    }

    private async Task<Result<Done>> ListAsync(ApimKind kind, ApimAddress? parent, CancellationToken cancellationToken)
    {
        var listed = await client.ListAsync(session, kind, parent, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        foreach (var resource in listed.Value)
            _found[parent is null ? ApimAddress.Of(kind, resource.Name) : parent.Below(kind, resource.Name)] =
                resource.Properties;
        return Result.Done;
    }

    /// <summary>The first problem ends the rest.</summary>
    private static async Task<Result<Done>> AllAsync(IEnumerable<Look> looks, CancellationToken cancellationToken)
    {
        Problem? first = null;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = ApimDefaults.ReadsAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            looks,
            options,
            async (look, stop) =>
            {
                if (Volatile.Read(ref first) is null && (await look(stop)).Failed(out var problem))
                    Interlocked.CompareExchange(ref first, problem, null);
            }
        );
        return first is { } failed ? failed : Result.Done;
    }

    private delegate Task<Result<Done>> Look(CancellationToken cancellationToken);
}
