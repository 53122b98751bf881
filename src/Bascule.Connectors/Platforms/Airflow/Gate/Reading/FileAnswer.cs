namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

internal enum FaultKind
{
    Syntax,
    Encoding,
    Limit,

    /// <summary>It does not import.</summary>
    Failed,
}

/// <summary>Why a file could not be read.</summary>
/// <param name="Text">Of an encoding: the one that the file declares, or nothing where its bytes are no UTF-8. Else what is wrong, for people.</param>
internal sealed record FileFault(FaultKind Kind, int Line, string Text);

/// <param name="Id">Null when it is made at run time.</param>
/// <param name="Schedule">Whether it has one; null when that cannot be told.</param>
/// <param name="Owner">Whether it names one; null when that cannot be told.</param>
/// <param name="HasLoops">Whether tasks are made in a loop whose length cannot be seen.</param>
internal sealed record DagAnswer(
    string? Id,
    int Line,
    bool? Schedule,
    bool? Owner,
    int Tasks,
    bool HasLoops,
    int Mapped
);

/// <param name="Name">Dotted.</param>
/// <param name="Line">Where it is first used.</param>
internal sealed record NameAnswer(string Name, int Line);

/// <summary>What stands in one Python file, or why that cannot be told.</summary>
internal sealed record FileAnswer
{
    public FileFault? Fault { get; init; }

    public IReadOnlyList<DagAnswer> Dags { get; init; } = [];

    /// <summary>Modules that are imported, and what is used of them.</summary>
    public IReadOnlyList<NameAnswer> Names { get; init; } = [];

    /// <summary>Calls that import or run something that shows at run time.</summary>
    public IReadOnlyList<NameAnswer> HiddenImports { get; init; } = [];
}

/// <param name="Files">In the order in which they were asked for; fewer when it did not come to the end.</param>
/// <param name="Version">Of Python.</param>
/// <param name="WhyShort">For people; null when all files are answered for.</param>
internal sealed record PythonAnswers(IReadOnlyList<FileAnswer> Files, string? Version, string? WhyShort);
