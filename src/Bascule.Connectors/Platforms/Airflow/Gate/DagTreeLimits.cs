namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>How much of a folder is read before the gate looks at it.</summary>
/// <param name="Files">Of whatever kind. What is read then shows that there are more.</param>
/// <param name="FileBytes">Of one file; larger ones are named and not read.</param>
public sealed record DagTreeLimits(int Files, int FileBytes)
{
    /// <summary>Of all files together, held in memory; what comes after is named and not read.</summary>
    public const long TotalBytes = 64L << 20;

    public static DagTreeLimits Of(DagPolicy policy) => new(policy.MaxFiles, policy.MaxFileBytes);
}
