using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Settings;

namespace Bascule.Core.Pushes;

/// <summary>What operators let a push do beyond moving refs forward. What is not named is not allowed.</summary>
public sealed record PushSettings
{
    public const long DefaultMaxFile = 100L << 20;

    /// <summary>Refs that nobody pushes to: changes come by a pull request.</summary>
    public RefPatterns Protected { get; init; } = new([]);

    /// <summary>Refs whose history may be rewritten.</summary>
    public RefPatterns Force { get; init; } = new([]);

    /// <summary>Refs that may be deleted.</summary>
    public RefPatterns Delete { get; init; } = new([]);

    /// <summary>The largest file in bytes.</summary>
    public long MaxFile { get; init; } = DefaultMaxFile;

    /// <summary>Paths that decide what Bascule does, beside <c>.bascule.yaml</c>.</summary>
    public IReadOnlyList<Glob> PolicyFiles { get; init; } = [];

    /// <summary>Who may change them.</summary>
    public IReadOnlyList<Selector> PolicyOwners { get; init; } = [];

    /// <summary>Whether a person's push needs no permission of their own where the forge cannot tell of it.</summary>
    public bool TrustWherePermissionIsUnknown { get; init; }
}
