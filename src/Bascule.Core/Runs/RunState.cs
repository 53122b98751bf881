namespace Bascule.Core.Runs;

/// <summary>Where a run is (ARCHITECTURE 2.4).</summary>
public enum RunState
{
    /// <summary>The plan stands; without an environment it stays a plan.</summary>
    Planned,
    AwaitingApproval,
    Queued,
    Started,
    Succeeded,
    Failed,
    Canceled,
    Superseded,

    /// <summary>The server does not grant it, or the workflow file is wrong; the reason says which rule.</summary>
    Refused,
}

public static class RunStates
{
    /// <summary>Whether nothing more will happen. A plan without an environment is not a run to come: see <see cref="Run.IsFinal"/>.</summary>
    public static bool IsTerminal(this RunState state) =>
        state is RunState.Succeeded or RunState.Failed or RunState.Canceled or RunState.Superseded or RunState.Refused;
}
