using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Bundle;

namespace Bascule.Simulators.Airflow.Runs;

/// <summary>A run, whose states follow from the clock: queued, then one task after the other.</summary>
internal sealed class DagRun(DagEntry dag, string id, DateTimeOffset createdAt, AirflowSimulatorOptions options)
{
    private readonly IReadOnlyList<TaskPlan> _tasks = dag.File.Tasks;
    private (bool Failed, DateTimeOffset At)? _ended;

    public DagEntry Dag => dag;
    public string Id => id;
    public DateTimeOffset CreatedAt => createdAt;
    public required DateTimeOffset? LogicalDate { get; init; }
    public required JsonObject Conf { get; init; }
    public string? Note { get; set; }
    public string? UserName { get; init; }

    /// <summary>The version that it is pinned to.</summary>
    public DagVersion Version { get; } = dag.Versions[^1];
    public string Commit { get; } = dag.Commit;

    /// <summary>Marked by hand: what runs then is failed, what has not begun is skipped.</summary>
    public void End(bool failed, DateTimeOffset now)
    {
        if (EndedAt(now) is null)
            _ended = (failed, now);
    }

    public string State(DateTimeOffset now) =>
        _ended is { } ended ? (ended.Failed ? "failed" : "success")
        : StartedAt(now) is null ? "queued"
        : EndedAt(now) is null ? "running"
        : Failing() >= 0 ? "failed"
        : "success";

    public DateTimeOffset? StartedAt(DateTimeOffset now) =>
        !dag.IsPaused && now >= Begin && (_ended is not { } ended || ended.At > Begin) ? Begin : null;

    public DateTimeOffset? EndedAt(DateTimeOffset now) =>
        _ended?.At ?? (StartedAt(now) is not null && now >= Natural ? Natural : null);

    public IReadOnlyList<TaskView> Tasks(DateTimeOffset now) =>
        [.. _tasks.Select((task, index) => View(task, index, now))];

    private DateTimeOffset Begin => createdAt + options.QueuedFor;

    private DateTimeOffset Natural =>
        Begin + (options.TaskTakes * (Failing() is >= 0 and var first ? first + 1 : _tasks.Count));

    private int Failing() => _tasks.ToList().FindIndex(task => task.Fails);

    private TaskView View(TaskPlan task, int index, DateTimeOffset now)
    {
        var (start, end) = (Begin + (options.TaskTakes * index), Begin + (options.TaskTakes * (index + 1)));
        if (Failing() is >= 0 and var failing && index > failing && EndedAt(now) is not null && _ended is null)
            return new(task.Id, "upstream_failed", null, null);
        var until = _ended?.At ?? now;
        if (StartedAt(now) is null || until < start)
            return new(task.Id, _ended is { } early ? (early.Failed ? "skipped" : "success") : null, null, null);
        if (until >= end)
            return new(task.Id, task.Fails ? "failed" : "success", start, end);
        return _ended is { } cut
            ? new(task.Id, cut.Failed ? "failed" : "success", start, cut.At)
            : new(task.Id, "running", start, null);
    }
}

/// <param name="State">Null before the scheduler has looked at it.</param>
internal sealed record TaskView(string Id, string? State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    public int Tries => StartedAt is null ? 0 : 1;
}
