namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>One element of a policy as a parser understands it, with its place.</summary>
internal sealed class PolicyElement(string name, int line, PolicyElement? parent)
{
    private readonly List<PolicyElement> _children = [];
    private readonly List<PolicyText> _texts = [];

    /// <summary>As it is written; the service knows lower case alone.</summary>
    public string Name { get; } = name;

    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    public PolicyElement? Parent { get; } = parent;

    public IReadOnlyList<PolicyElement> Children => _children;

    /// <summary>Attributes by their names, and all that stands directly between tags under the empty name.</summary>
    public IReadOnlyList<PolicyText> Texts => _texts;

    /// <summary>All that stands directly between its tags.</summary>
    public string Inner => this[""]?.Trim() ?? "";

    /// <summary>Null when there is no such attribute.</summary>
    public string? this[string attribute] => _texts.FirstOrDefault(text => text.Name == attribute)?.Value;

    /// <summary>Without regard to case: a name that the service may understand must not slip by for its spelling.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Itself and everything below it.</summary>
    public IEnumerable<PolicyElement> All() => _children.SelectMany(child => child.All()).Prepend(this);

    /// <summary>Those it lies in, from the nearest.</summary>
    public IEnumerable<PolicyElement> Above()
    {
        for (var above = Parent; above is not null; above = above.Parent)
            yield return above;
    }

    internal void Add(PolicyElement child) => _children.Add(child);

    /// <summary>What a comment takes apart is one text to whoever reads it without comments.</summary>
    internal void Add(PolicyText text)
    {
        var before = text.Name.Length == 0 ? _texts.FindIndex(one => one.Name.Length == 0) : -1;
        if (before < 0)
            _texts.Add(text);
        else
            _texts[before] = _texts[before] with { Value = _texts[before].Value + text.Value };
    }
}

/// <param name="Name">Of the attribute; empty for what stands between tags.</param>
/// <param name="Value">After the parser took the escapes out.</param>
/// <param name="Line">From 1.</param>
internal sealed record PolicyText(string Name, string Value, int Line)
{
    /// <summary>Whether some of it is C#, which the service runs.</summary>
    public bool HasExpression =>
        Value.Contains("@(", StringComparison.Ordinal) || Value.Contains("@{", StringComparison.Ordinal);

    /// <summary>Whether what it will be shows in the service alone.</summary>
    public bool IsOpen => HasExpression || Value.Contains("{{", StringComparison.Ordinal);
}
