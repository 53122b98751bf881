using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Core.Exchange;

/// <summary>Which refs of a repository somebody may see or move. No pattern is no ref (THREATS T37).</summary>
public sealed record RefPatterns(IReadOnlyList<Glob> Patterns)
{
    private const string Everything = "refs/**";

    /// <summary>Whether no ref is left out, ever: then the forge itself may answer. Nothing less than the one pattern that says so counts.</summary>
    public bool IsWhole => Patterns.Any(pattern => pattern.ToString() == Everything);

    /// <summary>The environment whose deploy ref is all that is allowed; null for everything else.</summary>
    public string? DeployEnvironment =>
        Patterns is [var only]
        && RefName.TryParse(only.ToString(), out var name)
        && DeployPlace.TryReadEnvironment(name, out var environment)
            ? environment
            : null;

    public bool Allow(RefName name) => Patterns.Any(pattern => pattern.IsMatch(name.ToString()));

    /// <summary>The patterns as the settings write them: two lists that differ in order or spelling are two views.</summary>
    public override string ToString() => string.Join(", ", Patterns);

    public bool Equals(RefPatterns? other) => other is not null && Patterns.SequenceEqual(other.Patterns);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
