using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Jobs, runs, and which run answered which idempotency token.</summary>
internal sealed class JobStore
{
    private readonly SortedDictionary<long, JobRun> _runs = [];
    private readonly Dictionary<long, (JobRun Run, TaskRun Task)> _tasks = [];
    private readonly Dictionary<string, long> _tokens = [];
    private long _lastRun = 600_000_000_000_000;
    private long _lastJob = 900_000_000_000_000;

    public SortedDictionary<long, StoredJob> Jobs { get; } = [];

    /// <summary>Ever launched, deleted ones included.</summary>
    public int Launched { get; private set; }

    public IEnumerable<JobRun> NewestFirst => _runs.Values.Reverse();

    public long NextRunId() => ++_lastRun;

    public long NextJobId() => ++_lastJob;

    public JobRun? FindRun(long id) => _runs.GetValueOrDefault(id);

    public (JobRun Run, TaskRun Task)? FindTask(long id) => _tasks.TryGetValue(id, out var found) ? found : null;

    public long? RunOf(string token) => _tokens.TryGetValue(token, out var run) ? run : null;

    public void Add(JobRun run, string? token)
    {
        _runs.Add(run.RunId, run);
        foreach (var task in run.Tasks)
            _tasks.Add(task.RunId, (run, task));
        if (token is not null)
            _tokens.Add(token, run.RunId);
        Launched++;
    }

    /// <summary>Call under the gate, for a run that has ended.</summary>
    public void Reopen(JobRun run, IReadOnlyList<TaskRun> tasks)
    {
        run.Reopen(tasks);
        foreach (var task in tasks)
            _tasks.TryAdd(task.RunId, (run, task));
    }

    // The token stays: launching again under the token of a deleted run is an error.
    public void Delete(JobRun run)
    {
        _runs.Remove(run.RunId);
        foreach (var (id, _) in _tasks.Where(known => known.Value.Run == run).ToList())
            _tasks.Remove(id);
    }
}

internal sealed record StoredJob(long Id, string Creator, long CreatedAt, JsonObject Settings);
