using Bascule.Core.Workflows;

namespace Bascule.Core.Pushes;

/// <summary>What was decided of every ref of a push. All are moved, or none is (THREATS T60, T89).</summary>
public sealed record PushVerdict(IReadOnlyList<RefVerdict> Refs)
{
    /// <summary>A push without a ref asks for nothing, and gets it.</summary>
    public bool IsAllowed => Refs.Count > 0 && Refs.All(verdict => verdict.Decision.IsAllowed);

    public IEnumerable<RefVerdict> Refused => Refs.Where(verdict => !verdict.Decision.IsAllowed);
}

public sealed record RefVerdict(RefCommand Command, Decision Decision);
