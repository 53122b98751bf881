using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate;

/// <summary>What may be referred to: what is in the commit, and what the rules say lives in the service alone.</summary>
internal sealed class KnownNames(ApimSource source, ExistingResources existing)
{
    /// <summary>As policies write them: by the name that is displayed, where there is one.</summary>
    public IReadOnlySet<string> NamedValues { get; } =
        Set(
            source
                .Resources.Where(one => one.Address.Kind == ApimKind.NamedValue)
                .Select(one => one.Properties["displayName"]?.ToString() ?? one.Address.Name),
            existing.NamedValues
        );

    public IReadOnlySet<string> Backends { get; } = Set(NamesOf(source, ApimKind.Backend), existing.Backends);

    public IReadOnlySet<string> Loggers { get; } = Set(NamesOf(source, ApimKind.Logger), existing.Loggers);

    public IReadOnlySet<string> Fragments { get; } = Set(NamesOf(source, ApimKind.PolicyFragment), existing.Fragments);

    public IReadOnlySet<string> VersionSets { get; } = Set(NamesOf(source, ApimKind.VersionSet), existing.VersionSets);

    public IReadOnlySet<string> Apis { get; } = Set(NamesOf(source, ApimKind.Api), existing.Apis);

    private static IEnumerable<string> NamesOf(ApimSource source, ApimKind kind) =>
        source.Resources.Where(one => one.Address.Kind == kind).Select(one => one.Address.Name);

    private static HashSet<string> Set(IEnumerable<string> names, IEnumerable<string> others) =>
        names.Concat(others).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
