namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>What becomes of something that the gate cannot look into.</summary>
public enum DagStance
{
    Allow,
    Warn,
    Refuse,
}

/// <summary>How lines of <c>.airflowignore</c> are meant: Airflow's <c>[core] dag_ignore_file_syntax</c>.</summary>
public enum IgnoreSyntax
{
    /// <summary>The default of Airflow 3: as in <c>.gitignore</c>.</summary>
    Glob,

    /// <summary>The default of Airflow 2: expressions that are searched for in the path below the folder.</summary>
    Regexp,
}

/// <summary>What an environment asks of DAG files before its scheduler gets them.</summary>
public sealed record DagPolicy
{
    /// <summary>Where DAGs are in the repository; empty for all of it.</summary>
    public string Folder { get; init; } = "dags";

    /// <summary>Files below the folder, of whatever kind.</summary>
    public int MaxFiles { get; init; } = 2_000;

    /// <summary>Bytes of one file, of whatever kind: what is larger cannot be told from an archive.</summary>
    public int MaxFileBytes { get; init; } = 1024 * 1024;

    /// <summary>Of one DAG, as far as they can be counted without running it.</summary>
    public int MaxTasks { get; init; } = 500;

    /// <summary>Dotted names; each stands for itself and everything below it.</summary>
    public IReadOnlyList<string> ForbiddenImports { get; init; } = [];

    public bool RequireSchedule { get; init; }

    public bool RequireOwner { get; init; }

    public DagStance DynamicIds { get; init; } = DagStance.Warn;

    public DagStance DynamicTasks { get; init; } = DagStance.Warn;

    /// <summary>Counts only where some imports are forbidden.</summary>
    public DagStance DynamicImports { get; init; } = DagStance.Warn;

    /// <summary>Archives and compiled code.</summary>
    public DagStance Opaque { get; init; } = DagStance.Refuse;

    public IgnoreSyntax IgnoreSyntax { get; init; } = IgnoreSyntax.Glob;
}
