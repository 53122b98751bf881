using Bascule.Core.Workflows;

namespace Bascule.Core.People;

/// <summary>One line of the settings' <c>roles</c>. It only ever adds: nothing takes a role away.</summary>
/// <param name="Index">Its place in the list, from 0.</param>
/// <param name="To">Whom: any of them.</param>
public sealed record RoleRule(int Index, Role Role, IReadOnlyList<Selector> To)
{
    private const int GrantIndex = -1;

    /// <summary>By name; null for all, and for what belongs to none.</summary>
    public IReadOnlySet<string>? Environments { get; init; }

    /// <summary>Null for all, and for what belongs to none.</summary>
    public IReadOnlyList<RepositoryPattern>? Repositories { get; init; }

    public string Key => Index == GrantIndex ? "first-admin link" : $"roles[{Index}]";

    /// <summary>A role that somebody was given without the settings, over everything.</summary>
    public static RoleRule Grant(Role role, Selector to) => new(GrantIndex, role, [to]);

    public bool Covers(Scope scope) =>
        (Environments is null || (scope.Environment is { } environment && Environments.Contains(environment)))
        && (Repositories is null || CoversRepository(scope));

    public override string ToString() =>
        $"{Key}: {Role.ToString().ToLowerInvariant()} to {string.Join(", ", To)}"
        + (
            Environments is null
                ? ""
                : $", environments {string.Join(", ", Environments.Order(StringComparer.Ordinal))}"
        )
        + (Repositories is null ? "" : $", repositories {string.Join(", ", Repositories)}");

    private bool CoversRepository(Scope scope) =>
        scope is { Forge: { } forge, Repository: { } repository }
        && Repositories!.Any(pattern => pattern.IsMatch(forge, repository));
}

/// <summary>A rule that gives somebody its role.</summary>
/// <param name="Claims">What of them it named, e.g. <c>group:ml-leads</c>.</param>
public sealed record HeldRole(RoleRule Rule, IReadOnlyList<string> Claims);
