using System.Globalization;

namespace Bascule.Simulators.Mlflow;

/// <summary>Experiments and runs of a tracking server.</summary>
/// <param name="place">Where the artifacts of an experiment are; those of a run are below it.</param>
internal sealed class TrackingStore(Func<string, string> place)
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
        var id = (++_lastExperiment).ToString(CultureInfo.InvariantCulture);
        var experiment = new Experiment(id, name, now, tags) { ArtifactLocation = place(id) };
        _experiments.Add(experiment.Id, experiment);
        return experiment;
    }

    public void Add(TrackedRun run) => _runs.Add(run.Id, run);

    public void Remove(TrackedRun run) => _runs.Remove(run.Id);
}
