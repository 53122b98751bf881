using System.Text.Json;
using Bascule.Simulators.Databricks;

namespace Bascule.Bench.Crash;

/// <param name="Order">In which the platform was asked.</param>
internal sealed record Submission(string Commit, string? Token, bool Launched, DateTimeOffset At, int Order);

/// <summary>What the platform was asked to run, by commit.</summary>
internal sealed class Submissions(DatabricksSimulator databricks)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly Lock _lock = new();
    private readonly List<Submission> _all = [];
    private readonly Dictionary<string, DateTimeOffset> _first = [];

    public IReadOnlyList<Submission> All
    {
        get
        {
            Take();
            lock (_lock)
                return [.. _all];
        }
    }

    public DateTimeOffset? FirstOf(string commit)
    {
        Take();
        lock (_lock)
            return _first.TryGetValue(commit, out var at) ? at : null;
    }

    public async Task<bool> WaitForAsync(string commit, TimeSpan patience, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + patience;
        while (FirstOf(commit) is null)
        {
            if (DateTimeOffset.UtcNow > deadline)
                return false;
            await Task.Delay(Look, cancellationToken);
        }
        return true;
    }

    private void Take()
    {
        lock (_lock)
        {
            foreach (var run in databricks.Submitted.Skip(_all.Count))
            {
                var commit = CommitOf(run.Body);
                _all.Add(new Submission(commit, run.IdempotencyToken, run.Launched, run.ReceivedAt, _all.Count));
                _first.TryAdd(commit, run.ReceivedAt);
            }
        }
    }

    /// <summary>The word after "--commit" among the task's parameters.</summary>
    private static string CommitOf(string body)
    {
        using var document = JsonDocument.Parse(body);
        var task = document.RootElement.GetProperty("tasks")[0].GetProperty("spark_python_task");
        var words = task.GetProperty("parameters").EnumerateArray().Select(word => word.GetString()!).ToList();
        return words[words.IndexOf("--commit") + 1];
    }
}
