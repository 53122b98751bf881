namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>Whether a finding stands in the way.</summary>
public enum DagSeverity
{
    Error,
    Warning,
}

/// <summary>Which rule a finding is of; its name in lower case with underscores is what people and scripts see.</summary>
public enum DagRule
{
    /// <summary>It does not parse.</summary>
    Syntax,

    /// <summary>It is not UTF-8, or says that it is something else.</summary>
    Encoding,

    /// <summary>A file or the folder is larger than it may be, or costs too much to be read.</summary>
    Size,

    /// <summary>An archive or compiled code: it runs, and nobody can read it.</summary>
    Opaque,

    /// <summary>A symbolic link to something that was not checked.</summary>
    Link,

    /// <summary>Files of another repository.</summary>
    Submodule,

    /// <summary>Airflow does not take the id.</summary>
    Id,

    /// <summary>Another DAG of the environment has the id.</summary>
    Duplicate,

    /// <summary>The id is made when the file runs.</summary>
    DynamicId,

    /// <summary>The policy asks for a schedule.</summary>
    Schedule,

    /// <summary>The policy asks for an owner.</summary>
    Owner,

    /// <summary>A DAG has too many tasks.</summary>
    Tasks,

    /// <summary>How many tasks there are shows when the file runs.</summary>
    DynamicTasks,

    /// <summary>The policy forbids the module.</summary>
    Import,

    /// <summary>What is imported or run shows when the file runs.</summary>
    DynamicImport,

    /// <summary>A line of <c>.airflowignore</c> that is not understood.</summary>
    Ignore,

    /// <summary>Airflow does not look at the file.</summary>
    Discovery,

    /// <summary>The file does not import.</summary>
    Failed,
}

/// <summary>One thing that is wrong, where it is, and what to do about it.</summary>
/// <param name="Path">In the repository.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">One line that is safe to show.</param>
public sealed record DagFinding(string Path, int Line, DagRule Rule, DagSeverity Severity, string Text);
