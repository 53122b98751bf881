using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Where a run or task is: the state of Jobs 2.2 and the older pair that clients still read.</summary>
internal sealed record RunState(
    string State,
    string LifeCycle,
    string? Result,
    string? Code,
    string? Type,
    string Message
)
{
    public static readonly RunState Pending = new("PENDING", "PENDING", null, null, null, "Waiting for compute.");
    public static readonly RunState Blocked = new(
        "BLOCKED",
        "BLOCKED",
        null,
        null,
        null,
        "Waiting for upstream tasks."
    );
    public static readonly RunState Running = new("RUNNING", "RUNNING", null, null, null, "In run.");
    public static readonly RunState Terminating = new("TERMINATING", "TERMINATING", null, null, null, "Stopping.");
    public static readonly RunState Succeeded = Ended("SUCCESS", "SUCCESS", "SUCCESS", "");
    public static readonly RunState Canceled = Ended("CANCELED", "USER_CANCELED", "CLIENT_ERROR", "Run cancelled.");

    public bool IsFinal => State == "TERMINATED";
    public bool IsSuccess => Result == "SUCCESS";

    public static RunState Failed(string message) => Ended("FAILED", "RUN_EXECUTION_ERROR", "CLIENT_ERROR", message);

    public static RunState UpstreamFailed(string task) =>
        Ended("UPSTREAM_FAILED", "RUN_EXECUTION_ERROR", "CLIENT_ERROR", $"Task {task} depends on a task that failed.");

    // The published codes have none for a timeout; their text for CANCELED names "the maximum run duration was exceeded".
    public static RunState TimedOut(long seconds) =>
        Ended("TIMEDOUT", "CANCELED", "CLIENT_ERROR", $"Run timed out after {seconds} seconds.");

    public static RunState NotRunnable(string code, string message) =>
        Ended("FAILED", code, "CLIENT_ERROR", message) with
        {
            LifeCycle = "INTERNAL_ERROR",
        };

    public JsonObject StatusJson() =>
        new()
        {
            ["state"] = State,
            ["termination_details"] = Code is null
                ? null
                : new JsonObject
                {
                    ["code"] = Code,
                    ["type"] = Type,
                    ["message"] = Message,
                },
        };

    public JsonObject LegacyJson() =>
        new()
        {
            ["life_cycle_state"] = LifeCycle,
            ["result_state"] = Result,
            ["state_message"] = Message,
            ["user_cancelled_or_timedout"] = Result is "CANCELED" or "TIMEDOUT",
        };

    private static RunState Ended(string result, string code, string type, string message) =>
        new("TERMINATED", "TERMINATED", result, code, type, message);
}
