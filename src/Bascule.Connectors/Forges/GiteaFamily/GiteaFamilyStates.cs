using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>How the servers spell the states of a commit status.</summary>
internal static class GiteaFamilyStates
{
    public static string Write(CommitStatusState state) => state.ToString().ToLowerInvariant();

    /// <summary>The server takes any word (recorded: running, skipped), and knows "warning": whatever is not one of ours is an error.</summary>
    public static CommitStatusState Read(string word) =>
        word switch
        {
            "pending" => CommitStatusState.Pending,
            "success" => CommitStatusState.Success,
            "failure" => CommitStatusState.Failure,
            _ => CommitStatusState.Error,
        };
}
