using Bascule.Simulators.Azure.ApiManagement.Import;
using Bascule.Simulators.Azure.ApiManagement.State;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>
/// Operations of an API that are written all at once. An import goes by names, as "Important changes to OpenAPI import and export" tells: what has a name in the
/// document is changed in place, what is new gets the policy of a former operation of its method and template, the rest goes.
/// </summary>
internal sealed class Operations(EntityStore store)
{
    /// <summary>Operations and policies of one revision, into a new one.</summary>
    public void Copy(string source, string target)
    {
        foreach (var entity in store.All.ToList())
            if (entity.Path.StartsWith(source + "/", StringComparison.OrdinalIgnoreCase))
                store.Write(
                    entity.Kind,
                    target + entity.Path[source.Length..],
                    entity.Properties.DeepClone().AsObject()
                );
    }

    public void Import(string api, ImportedApi imported)
    {
        var former = store.Below(api, EntityKind.Operation);
        var policies = former.ToDictionary(Signature, operation => store.Find($"{operation.Path}/policies/policy"));
        foreach (var gone in former.Where(f => !imported.Operations.Any(o => IsAt(f, api, o.Id))))
            store.Remove(gone.Path);
        foreach (var operation in imported.Operations)
        {
            var key = $"{api}/operations/{operation.Id}";
            var isNew = store.Find(key) is null;
            var written = store.Write(EntityKind.Operation, key, operation.Properties);
            if (isNew && policies.GetValueOrDefault(Signature(written)) is { } policy)
                store.Write(policy.Kind, $"{key}/policies/policy", policy.Properties.DeepClone().AsObject());
        }
    }

    private static bool IsAt(Entity operation, string api, string id) =>
        string.Equals(operation.Path, $"{api}/operations/{id}", StringComparison.OrdinalIgnoreCase);

    private static string Signature(Entity operation) => $"{operation.Text("method")} {operation.Text("urlTemplate")}";
}
