using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What an environment brings to a deployment to Airflow.</summary>
internal sealed record AirflowEnvironment : PlatformEnvironment
{
    private const int MostMinutes = 24 * 60;

    /// <summary>What is asked of DAG files before the deploy ref moves.</summary>
    public DagPolicy Policy { get; init; } = new();

    /// <summary>How long Airflow may take to have read a version; its bundles look every five minutes unless it says otherwise.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an import error must stand before it is believed: a parser may still be reading the old files when it is first seen.</summary>
    public TimeSpan ErrorStands { get; init; } = TimeSpan.FromMinutes(2);

    public override string DeployedFolder => Policy.Folder;

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AirflowEnvironment? Read(SettingReader settings)
    {
        var usual = new AirflowEnvironment();
        var policy = settings.Map("dags") is { } dags ? DagPolicyReader.Read(dags) : usual.Policy;
        var patience = settings.Number("read_within_minutes", 1, MostMinutes);
        var stands = settings.Number("error_stands_seconds", 0, MostMinutes * 60);
        if (settings.HasProblems || policy is null)
            return null;
        return new AirflowEnvironment
        {
            Policy = policy,
            Patience = patience is { } minutes ? TimeSpan.FromMinutes(minutes) : usual.Patience,
            ErrorStands = stands is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.ErrorStands,
        };
    }
}
