using Bascule.Core.Approvals;
using Bascule.Core.Runs;

namespace Bascule.Core.Provenance.Statements;

/// <summary>Everything that is known of a run that ended, of which statements are made. Persons stand in it by their pseudonyms alone.</summary>
public sealed record RunEvidence
{
    public required Run Run { get; init; }

    /// <summary>Who brought the commit, what is known of it; empty where nobody told.</summary>
    public IReadOnlyList<RunParty> By { get; init; } = [];

    /// <summary>Those that counted when it was started.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>That somebody let it go without approvals.</summary>
    public BreakGlass? BreakGlass { get; init; }

    /// <summary>The settings by which it was allowed, e.g. <c>environments.ml-prod.branches</c>.</summary>
    public string? Rule { get; init; }

    public IReadOnlyList<ModelVersion> Models { get; init; } = [];

    /// <summary>Null when the forge is not in the settings any more.</summary>
    public Uri? Forge { get; init; }

    /// <summary>The uid that the environment's name is bound to; null when it is not in the settings any more.</summary>
    public string? EnvironmentUid { get; init; }

    /// <summary>Null when the environment is not in the settings any more.</summary>
    public RunPlatform? Platform { get; init; }

    /// <summary>The address of this Bascule.</summary>
    public required Uri Bascule { get; init; }

    /// <summary>Raised by every restore.</summary>
    public required long Epoch { get; init; }

    /// <summary>When it is said.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <param name="Kind">As settings spell it, e.g. <c>databricks</c>.</param>
/// <param name="Address">Where it runs what it is sent; null where there is none to tell.</param>
public sealed record RunPlatform(string Kind, string Name, Uri? Address);

/// <summary>Somebody who had a hand in the commit.</summary>
/// <param name="Party"><c>person:p-…</c>, <c>workload:w-…</c>, or <c>account:&lt;forge uid&gt;/&lt;numeric id&gt;</c> for an account that nobody has proven to be theirs.</param>
/// <param name="How">E.g. <c>pushed through Bascule</c>.</param>
/// <param name="IsProven">Rather than asserted by the forge.</param>
public sealed record RunParty(string Party, string How, bool IsProven)
{
    /// <summary>What the audit log calls the push, or the fingerprint of the key that signed.</summary>
    public string? Proof { get; init; }
}
