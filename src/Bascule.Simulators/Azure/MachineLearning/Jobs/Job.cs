using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>A job as it was submitted, how it stands, and the MLflow run of its name.</summary>
internal sealed class Job(string name, JsonObject properties, TrackedRun run, Stamp stamp)
{
    public const string Completed = "Completed";
    public const string Failed = "Failed";
    public const string Canceled = "Canceled";
    public const string CancelRequested = "CancelRequested";

    /// <summary>Of the description, in its order.</summary>
    public static readonly IReadOnlyList<string> States =
    [
        "NotStarted",
        "Starting",
        "Provisioning",
        "Preparing",
        "Queued",
        "Running",
        "Finalizing",
        CancelRequested,
        Completed,
        Failed,
        Canceled,
        "NotResponding",
        "Paused",
        "Unknown",
    ];

    public string Name => name;

    public JsonObject Properties => properties;

    public TrackedRun Run => run;

    public Stamp Stamp => stamp;

    public string Status { get; private set; } = States[0];

    /// <summary>How often it is still told to be cancelled.</summary>
    public int CancelLooks { get; set; }

    /// <summary>What happens at each of the next looks at it.</summary>
    public Queue<Action> Steps { get; } = [];

    /// <summary>Of a pipeline, by the step's name.</summary>
    public Dictionary<string, Job> Children { get; } = [];

    /// <summary>Of its log file, by its path among the run's artifacts.</summary>
    public Dictionary<string, string> Logs { get; } = [];

    public bool IsOver => Status is Completed or Failed or Canceled;

    public void Move(string status, DateTimeOffset now)
    {
        (Status, Stamp.ModifiedAt) = (status, now);
        Run.Status = status switch
        {
            Completed => "FINISHED",
            Failed => "FAILED",
            Canceled => "KILLED",
            "Running" or "Finalizing" or CancelRequested or "NotResponding" or "Paused" => "RUNNING",
            _ => "SCHEDULED",
        };
        Run.EndTime = IsOver ? now.ToUnixTimeMilliseconds() : null;
        if (status == Canceled)
            foreach (var child in Children.Values.Where(child => !child.IsOver))
                child.Move(status, now);
    }
}
