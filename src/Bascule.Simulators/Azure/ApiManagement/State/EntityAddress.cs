namespace Bascule.Simulators.Azure.ApiManagement.State;

/// <summary>Where a path below the service leads: an entity, or a collection when <see cref="Name"/> is null.</summary>
/// <param name="Parts">The path's segments.</param>
internal sealed record EntityAddress(EntityKind Kind, string[] Parts)
{
    private const string Revision = ";rev=";

    public string? Name => Parts.Length % 2 == 0 ? Parts[^1] : null;

    /// <summary>As it is spelt.</summary>
    public string Path => string.Join('/', Parts);

    /// <summary>Of the API, without its revision.</summary>
    public string ApiName => Split(Parts[1]).Name;

    /// <summary>Null for the current one.</summary>
    public string? ApiRevision => Split(Parts[1]).Revision;

    /// <summary>What it lies below; null directly below the service.</summary>
    public EntityAddress? Parent
    {
        get
        {
            var parts = Parts[..^(Name is null ? 1 : 2)];
            return parts.Length == 0 ? null : Parse(parts);
        }
    }

    /// <summary>Null when no collection is named so.</summary>
    public static EntityAddress? Parse(string[] parts)
    {
        var chain = string.Join('/', parts.Where((_, index) => index % 2 == 0));
        return
            EntityKind.All.FirstOrDefault(kind => string.Equals(kind.Chain, chain, StringComparison.OrdinalIgnoreCase))
                is { } kind
            ? new(kind, parts)
            : null;
    }

    public static (string Name, string? Revision) Split(string api)
    {
        var at = api.IndexOf(Revision, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? (api, null) : (api[..at], api[(at + Revision.Length)..]);
    }

    public static string Revised(string name, string revision) => $"{name}{Revision}{revision}";
}
