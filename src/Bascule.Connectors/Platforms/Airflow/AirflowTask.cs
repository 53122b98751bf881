using System.Text.Json.Nodes;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What a workflow asks of Airflow: to have a version of the DAGs, and then to run one of them if it says so.</summary>
internal sealed record AirflowTask : PlatformTask
{
    private const int MostConf = 100;

    /// <summary>The id of the DAG to run once Airflow has the version; null to run none.</summary>
    public string? Run { get; init; }

    /// <summary>What the DAG run is given.</summary>
    public IReadOnlyDictionary<string, string> Conf { get; init; } = new Dictionary<string, string>();

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AirflowTask? Read(SettingReader settings)
    {
        var run = settings.Text("run");
        if (run is not null && !AirflowNames.IsDagId(run))
            settings.Refuse("run", $"'{run}' is not a DAG's id", "write the id that Airflow shows, or remove the key");
        var conf = settings.Map("conf") is { } map
            ? map.Keys.ToDictionary(key => key, key => map.Text(key) ?? "", StringComparer.Ordinal)
            : [];
        if (conf.Count > MostConf)
            settings.Refuse("conf", $"holds more than {MostConf} values", "keep them in a file of the repository");
        if (conf.Count > 0 && run is null)
            settings.Refuse("conf", "stands without run", "name the DAG to run, or remove it");
        settings.RefuseOthers();
        return settings.HasProblems ? null : new AirflowTask { Run = run, Conf = conf };
    }

    /// <summary>What a DAG run of this workflow carries: the commit and the run are always in it, so that a run tells where it came from.</summary>
    public JsonObject ConfOf(string commit, string mark)
    {
        var conf = new JsonObject();
        foreach (var (key, value) in Conf)
            conf[key] = value;
        conf["bascule_commit"] = commit;
        conf["bascule_run"] = mark;
        return conf;
    }
}
