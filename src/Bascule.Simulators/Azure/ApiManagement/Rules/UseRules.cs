using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Rules;

/// <summary>
/// Refuses to remove what others use. Issue 326 of Azure/apiops shows it for named values. Assumed for fragments, version sets and loggers; a backend is removed
/// although a policy names it.
/// </summary>
internal sealed class UseRules(EntityStore store)
{
    public ArmReply? Check(Entity entity) =>
        UserOf(entity) is { } user
            ? ArmReply.Invalid(
                entity.Kind.Chain,
                $"{entity.Kind.Word} '{entity.Name}' cannot be deleted: it is used by '{user.Path}'."
            )
            : null;

    private Entity? UserOf(Entity entity)
    {
        if (entity.Kind == EntityKind.NamedValue)
            return store.All.FirstOrDefault(user => Names(user).Contains(entity.Text("displayName")!));
        if (entity.Kind == EntityKind.Fragment)
            return Documents()
                .Where(pair =>
                    pair.Document.Named("include-fragment", "fragment-id").Any(f => Same(f.Value, entity.Name))
                )
                .Select(pair => pair.Entity)
                .FirstOrDefault();
        if (entity.Kind == EntityKind.VersionSet)
            return store.Of(EntityKind.Api).FirstOrDefault(api => IsAt(api.Text("apiVersionSetId"), entity));
        if (entity.Kind == EntityKind.Logger)
            return store
                .All.Where(user => user.Kind == EntityKind.Diagnostic || user.Kind == EntityKind.ApiDiagnostic)
                .FirstOrDefault(diagnostic => IsAt(diagnostic.Text("loggerId"), entity));
        return null;
    }

    private static HashSet<string> Names(Entity user)
    {
        if (user.Kind.IsPolicy || user.Kind == EntityKind.Fragment)
            return [.. PolicyRules.Read(user).NamedValues()];
        return user.Kind == EntityKind.Backend || user.Kind == EntityKind.Logger
            ? PolicyDocument.NamesIn(user.Properties.ToJsonString())
            : [];
    }

    private IEnumerable<(Entity Entity, PolicyDocument Document)> Documents() =>
        store
            .All.Where(entity => entity.Kind.IsPolicy || entity.Kind == EntityKind.Fragment)
            .Select(entity => (entity, PolicyRules.Read(entity)));

    private static bool IsAt(string? id, Entity entity) =>
        id?.EndsWith("/" + entity.Path, StringComparison.OrdinalIgnoreCase) == true;

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
