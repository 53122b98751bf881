namespace Bascule.Connectors.Platforms.ApiManagement.Resources;

/// <summary>Where a resource is below its service; equal by kind and path, as the service compares names: without regard to case.</summary>
public sealed class ApimAddress : IEquatable<ApimAddress>
{
    /// <summary>The one name that a policy has.</summary>
    public const string PolicyName = "policy";

    private ApimAddress(ApimKind kind, ApimAddress? parent, string name)
    {
        Kind = kind;
        Parent = parent;
        Name = name;
        Path = $"{(parent is null ? "" : parent.Path + "/")}{kind.Collection}/{name}";
    }

    public ApimKind Kind { get; }

    /// <summary>Null for what is directly below the service.</summary>
    public ApimAddress? Parent { get; }

    /// <summary>The last segment; of an API with its revision, as <c>petstore;rev=2</c>, where it is not the current one.</summary>
    public string Name { get; }

    /// <summary>Below the service, not escaped, e.g. <c>apis/petstore;rev=2/policies/policy</c>.</summary>
    public string Path { get; }

    /// <exception cref="ArgumentException">The kind lies below another one.</exception>
    public static ApimAddress Of(ApimKind kind, string name) =>
        kind.Parent is null
            ? new ApimAddress(kind, null, name)
            : throw new ArgumentException($"a {kind} lies below a {kind.Parent}", nameof(kind));

    /// <summary>What lies below this one.</summary>
    /// <exception cref="ArgumentException">The kind lies elsewhere.</exception>
    public ApimAddress Below(ApimKind kind, string name) =>
        kind.Parent == Kind
            ? new ApimAddress(kind, this, name)
            : throw new ArgumentException($"a {kind} does not lie below a {Kind}", nameof(kind));

    /// <summary>What <see cref="Path"/> wrote; null when it is no path of a resource that is known here.</summary>
    public static ApimAddress? Parse(string path)
    {
        var segments = path.Split('/');
        ApimAddress? found = null;
        for (var at = 0; at + 1 < segments.Length; at += 2)
        {
            var kind = ApimKind.All.FirstOrDefault(kind =>
                kind.Parent == found?.Kind && kind.Collection == segments[at]
            );
            if (kind is null || segments[at + 1].Length == 0)
                return null;
            found = new ApimAddress(kind, found, segments[at + 1]);
        }
        return segments.Length % 2 == 0 ? found : null;
    }

    /// <summary>This one and what it lies below, from the top.</summary>
    public IEnumerable<ApimAddress> Chain() => (Parent?.Chain() ?? []).Append(this);

    /// <summary>The same place below another parent of the same kind: a policy of an API as that of one of its revisions.</summary>
    public ApimAddress Under(ApimAddress parent) =>
        Kind == parent.Kind ? parent : new ApimAddress(Kind, Parent?.Under(parent), Name);

    public bool Equals(ApimAddress? other) =>
        other is not null && Kind == other.Kind && string.Equals(Path, other.Path, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => Equals(obj as ApimAddress);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Path);

    public override string ToString() => Path;
}
