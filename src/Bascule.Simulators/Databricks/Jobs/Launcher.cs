using System.Collections.Concurrent;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Carries launched runs through their states.</summary>
internal sealed class Launcher(DatabricksSimulatorOptions options, Lock gate, TaskRunner runner) : IAsyncDisposable
{
    public const string NotebookPrelude = "notebook.py";
    public const string CaFile = "ca.pem";
    private const long LongestTimeout = 30L * 24 * 3600; // seconds; timers take little more
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _shutdown = new();

    public void Launch(JobRun run) => _running[run.RunId] = Task.Run(() => CarrySafelyAsync(run));

    /// <summary>Call under the gate: the run ends as canceled when its process is gone.</summary>
    public static void Cancel(JobRun run)
    {
        if (run.State.IsFinal)
            return;
        run.State = RunState.Terminating;
        run.Stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _shutdown.CancelAsync();
        await Task.WhenAll(_running.Values);
        _shutdown.Dispose();
    }

    private async Task CarrySafelyAsync(JobRun run)
    {
        try
        {
            await CarryAsync(run);
        }
        catch (Exception error)
        {
            Finish(run, RunState.NotRunnable("INTERNAL_ERROR", $"The simulator failed: {error}"));
        }
    }

    private async Task CarryAsync(JobRun run)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Stop.Token, _shutdown.Token);
        using var timeout = Timeout(run.TimeoutSeconds);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, timeout.Token);
        if (await HasComputeAsync(either.Token))
            Enter(run);
        foreach (var task in InOrder(run.Tasks).Where(task => !task.State.IsSuccess)) // a repair keeps those that went well
            await CarryAsync(run, task, stop.Token, either.Token);
        Finish(run, stop.IsCancellationRequested ? RunState.Canceled : Outcome(run, timeout.IsCancellationRequested));
    }

    private async Task CarryAsync(JobRun run, TaskRun task, CancellationToken stop, CancellationToken either)
    {
        if (run.Tasks.Any(t => task.DependsOn.Contains(t.Key) && !t.State.IsSuccess) && !either.IsCancellationRequested)
        {
            Finish(task, RunState.UpstreamFailed(task.Key), TaskOutput.None);
            return;
        }
        var seconds = task.Spec["timeout_seconds"]?.GetValue<long>() ?? 0;
        using var timeout = Timeout(seconds);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(either, timeout.Token);
        var (state, output) = (RunState.Canceled, TaskOutput.None);
        if (!any.IsCancellationRequested)
        {
            Enter(task);
            (state, output) = await runner.RunAsync(run, task, any.Token);
        }
        if (stop.IsCancellationRequested)
            state = RunState.Canceled;
        else if (any.IsCancellationRequested)
            state = RunState.TimedOut(timeout.IsCancellationRequested ? seconds : run.TimeoutSeconds);
        Finish(task, state, output);
    }

    private async Task<bool> HasComputeAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(options.PendingFor, options.TimeProvider, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private CancellationTokenSource Timeout(long seconds) =>
        seconds > 0 ? new(TimeSpan.FromSeconds(long.Min(seconds, LongestTimeout)), options.TimeProvider) : new();

    private static RunState Outcome(JobRun run, bool timedOut)
    {
        if (timedOut)
            return RunState.TimedOut(run.TimeoutSeconds);
        var failed = run.Tasks.FirstOrDefault(t => !t.State.IsSuccess);
        return failed is null ? RunState.Succeeded
            : run.Tasks.Count == 1 ? failed.State
            : RunState.Failed($"Task {failed.Key} failed with message: {failed.State.Message}");
    }

    private void Enter(JobRun run)
    {
        lock (gate)
            if (run.State == RunState.Pending)
                run.State = RunState.Running;
    }

    private void Enter(TaskRun task)
    {
        lock (gate)
            (task.State, task.StartTime) = (RunState.Running, Now());
    }

    private void Finish(TaskRun task, RunState state, TaskOutput output)
    {
        lock (gate)
            (task.State, task.Output, task.EndTime) = (state, output, Now());
    }

    private void Finish(JobRun run, RunState state)
    {
        lock (gate)
        {
            // First: once its state says that it has ended, it may be launched anew for a repair.
            _running.TryRemove(run.RunId, out _);
            (run.State, run.EndTime) = (state, Now());
        }
    }

    private long Now() => options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private static List<TaskRun> InOrder(IReadOnlyList<TaskRun> tasks)
    {
        var ordered = new List<TaskRun>();
        while (ordered.Count < tasks.Count)
            ordered.Add(
                tasks.First(t => !ordered.Contains(t) && t.DependsOn.All(u => ordered.Exists(o => o.Key == u)))
            );
        return ordered;
    }
}
