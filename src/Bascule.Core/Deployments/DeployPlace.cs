using System.Diagnostics.CodeAnalysis;
using Bascule.Core.Forges;

namespace Bascule.Core.Deployments;

/// <summary>
/// One environment's deploy ref in one repository: what a platform that pulls follows. Only Bascule moves it. It is served through the Git proxy as
/// <c>refs/heads/deploy/ENVIRONMENT</c>; a branch of that name at the forge is another thing, and nobody is shown it there.
/// </summary>
public readonly record struct DeployPlace(RepositoryKey Repository, string Environment)
{
    /// <summary>What the name of each deploy ref begins with.</summary>
    public const string Prefix = "refs/heads/deploy/";

    public RefName Ref => RefName.Parse(Prefix + Environment);

    /// <summary>Whether the name belongs to deploy refs, of an environment that there is or not.</summary>
    public static bool IsReserved(RefName name) => name.ToString().StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The environment that a deploy ref is of.</summary>
    public static bool TryReadEnvironment(RefName name, [NotNullWhen(true)] out string? environment)
    {
        environment = IsReserved(name) ? name.ToString()[Prefix.Length..] : null;
        return environment is not null;
    }

    public override string ToString() => $"{Ref} of {Repository}";
}
