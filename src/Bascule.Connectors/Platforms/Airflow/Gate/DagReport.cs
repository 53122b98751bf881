namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>One DAG as it stands in a file that Airflow reads.</summary>
/// <param name="Path">In the repository.</param>
/// <param name="Line">From 1.</param>
/// <param name="Tasks">As far as they can be counted without running the file; a task that is mapped counts once.</param>
/// <param name="Mapped">How many of its tasks are mapped: how often those run shows at run time.</param>
public sealed record DagSighting(string Id, string Path, int Line, int Tasks, int Mapped);

/// <summary>A DAG of another repository of the environment.</summary>
/// <param name="Repository">For people.</param>
/// <param name="Path">In that repository.</param>
public sealed record HeldDag(string Id, string Repository, string Path);

/// <summary>What the gate found.</summary>
public sealed record DagReport
{
    /// <summary>Where a folder is wrong everywhere, this many findings say enough.</summary>
    public const int MostFindings = 1_000;

    /// <summary>By path and line, errors first where there are too many.</summary>
    public required IReadOnlyList<DagFinding> Findings { get; init; }

    /// <summary>Those whose id can be read, by id.</summary>
    public required IReadOnlyList<DagSighting> Dags { get; init; }

    /// <summary>Files below the folder, of whatever kind.</summary>
    public required int Files { get; init; }

    /// <summary>Which version's grammar the files were parsed by; null when none was parsed.</summary>
    public string? Python { get; init; }

    public int Errors { get; init; }

    public int Warnings { get; init; }

    /// <summary>Findings in files that did not change; they are in no other number.</summary>
    public int Unchanged { get; init; }

    /// <summary>Whether nothing stands in the way.</summary>
    public bool IsPassed => Errors == 0;
}
