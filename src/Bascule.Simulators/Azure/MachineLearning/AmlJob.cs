using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>A job that was submitted, in the hands of a test: nothing runs, and nothing moves but by it, by a cancel, or as <see cref="AtLooks"/> has it.</summary>
public sealed class AmlJob
{
    /// <summary>Where the output of a command goes.</summary>
    public const string UsualLog = "user_logs/std_log.txt";

    private readonly Job _job;
    private readonly AmlJobHand _hand;

    internal AmlJob(Job job, AmlJobHand hand) => (_job, _hand) = (job, hand);

    public string Name => _job.Name;

    /// <summary>One of the description's words.</summary>
    public string Status => _hand.Locked(() => _job.Status);

    /// <summary>The job of a pipeline's step.</summary>
    /// <exception cref="ArgumentException">There is no such step.</exception>
    public AmlJob Step(string name) =>
        _hand.Locked(() => _job.Children.GetValueOrDefault(name)) is { } child
            ? new AmlJob(child, _hand)
            : throw new ArgumentException($"there is no step '{name}'", nameof(name));

    /// <summary>What somebody makes with MLflow alone who wants it to be taken for a step.</summary>
    public AmlJob ForgeStep(string name) => new(_hand.Forge(_job, name), _hand);

    /// <summary>The properties as they were submitted, as JSON.</summary>
    public string Submitted => _hand.Locked(() => _job.Properties.ToJsonString());

    /// <exception cref="ArgumentException">The description has no such state.</exception>
    public void MoveTo(string status)
    {
        if (!Job.States.Contains(status))
            throw new ArgumentException($"'{status}' is no state of a job", nameof(status));
        _hand.Do(() => _job.Move(status, _hand.Now));
    }

    public void Finish(bool succeeded = true) => MoveTo(succeeded ? Job.Completed : Job.Failed);

    /// <summary>What happens at each of the next looks at the job, before it is shown; a cancel ends it.</summary>
    public void AtLooks(params Action<AmlJob>[] steps) =>
        _hand.Do(() =>
        {
            foreach (var step in steps)
                _job.Steps.Enqueue(() => step(this));
        });

    /// <summary>Adds to a log file.</summary>
    /// <param name="path">Among the artifacts of its run.</param>
    public void Log(string text, string path = UsualLog) =>
        _hand.Do(() =>
        {
            var whole = _job.Logs.GetValueOrDefault(path) + text;
            _job.Logs[path] = whole;
            _job.Run.Files[path] = System.Text.Encoding.UTF8.GetByteCount(whole);
        });

    public void LogMetric(string key, double value, long step = 0) =>
        _hand.Do(() => _job.Run.Metrics.Add(new MetricPoint(key, value, _hand.Now.ToUnixTimeMilliseconds(), step)));

    public void LogParameter(string key, string value) => _hand.Do(() => _job.Run.Parameters[key] = value);

    /// <summary>Of its MLflow run.</summary>
    public void SetTag(string key, string value) => _hand.Do(() => _job.Run.Tags[key] = value);

    /// <summary>As a training program does at its end.</summary>
    /// <returns>The version.</returns>
    public string RegisterModel(string name, string? version = null) => _hand.Register(_job, name, version);

    /// <summary>As an administrator does.</summary>
    public void Delete() => _hand.Delete(_job);
}
