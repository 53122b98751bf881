namespace Bascule.Simulators.Airflow.Bundle;

/// <summary>What the DAG processor wrote down when it last looked.</summary>
internal sealed class DagStore(AirflowSimulatorOptions options)
{
    private readonly SortedDictionary<string, DagEntry> _dags = new(StringComparer.Ordinal);
    private readonly List<ImportError> _errors = [];
    private int _lastError;

    public IReadOnlyCollection<DagEntry> All => _dags.Values;

    public IReadOnlyList<ImportError> Errors => _errors;

    public DagEntry? Find(string id) => _dags.GetValueOrDefault(id);

    public DagEntry? FindSource(string fileToken) => _dags.Values.FirstOrDefault(d => d.FileToken == fileToken);

    /// <summary>A file that no longer parses keeps its DAGs as they were; a DAG that is gone becomes stale.</summary>
    public void Write(string commit, IReadOnlyList<DagFile> files, DateTimeOffset now)
    {
        foreach (var file in files)
            Note(file, now);
        _errors.RemoveAll(error => files.All(file => file.Path != error.Path || file.ImportError is null));
        foreach (var file in files.Where(file => file.ImportError is null))
        foreach (var id in file.DagIds)
            Parse(id, file, commit, now);
        foreach (var dag in _dags.Values)
        {
            var file = files.FirstOrDefault(file => file.Path == dag.File.Path);
            dag.HasImportErrors = file?.ImportError is not null;
            dag.IsStale = file is null || (file.ImportError is null && !file.DagIds.Contains(dag.Id));
        }
    }

    private void Note(DagFile file, DateTimeOffset now)
    {
        if (file.ImportError is null)
            return;
        var trace =
            $"Traceback (most recent call last):\n  File \"{options.DagsFolder}/{file.Path}\", line 1, in <module>\n{file.ImportError}\n";
        var known = _errors.FindIndex(error => error.Path == file.Path);
        var error = new ImportError(known < 0 ? ++_lastError : _errors[known].Id, file.Path, trace, now);
        if (known < 0)
            _errors.Add(error);
        else
            _errors[known] = error;
    }

    private void Parse(string id, DagFile file, string commit, DateTimeOffset now)
    {
        if (!_dags.TryGetValue(id, out var dag))
            _dags[id] = dag = new DagEntry(id);
        var changed = dag.Versions.Count == 0 || dag.File.Structure != file.Structure;
        (dag.File, dag.Commit, dag.ParsedAt) = (file, commit, now);
        // The row of an unchanged structure keeps its old commit: a client that reads rows waits in vain.
        if (changed)
            dag.Versions.Add(new DagVersion(Guid.NewGuid(), dag.Versions.Count + 1, commit, now));
    }
}

internal sealed class DagEntry(string id)
{
    public string Id => id;
    public DagFile File { get; set; } = null!;
    public string Commit { get; set; } = "";
    public DateTimeOffset ParsedAt { get; set; }
    public bool IsPaused { get; set; }
    public bool IsStale { get; set; }
    public bool HasImportErrors { get; set; }
    public List<DagVersion> Versions { get; } = [];

    /// <summary>Opaque to clients, as Airflow's signed one is.</summary>
    public string FileToken =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(File.Path)).TrimEnd('=').Replace('/', '_');
}

internal sealed record DagVersion(Guid Id, int Number, string Commit, DateTimeOffset CreatedAt);

internal sealed record ImportError(int Id, string Path, string Trace, DateTimeOffset At);
