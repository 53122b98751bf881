using System.Globalization;

namespace Bascule.Simulators.Databricks.Tracking;

/// <summary>Experiments and runs of the tracking server.</summary>
internal sealed class TrackingStore
{
    private readonly Dictionary<string, Experiment> _experiments = [];
    private readonly Dictionary<string, TrackedRun> _runs = [];
    private long _lastExperiment = 1_200_000_000_000_000;

    public IEnumerable<Experiment> Experiments => _experiments.Values;
    public IEnumerable<TrackedRun> Runs => _runs.Values;

    public Experiment? FindExperiment(string id) => _experiments.GetValueOrDefault(id);

    public Experiment? FindByName(string name) => _experiments.Values.FirstOrDefault(e => e.Name == name);

    public TrackedRun? FindRun(string id) => _runs.GetValueOrDefault(id);

    public Experiment Create(string name, long now, Dictionary<string, string> tags)
    {
        var experiment = new Experiment((++_lastExperiment).ToString(CultureInfo.InvariantCulture), name, now, tags);
        _experiments.Add(experiment.Id, experiment);
        return experiment;
    }

    public void Add(TrackedRun run) => _runs.Add(run.Id, run);
}
