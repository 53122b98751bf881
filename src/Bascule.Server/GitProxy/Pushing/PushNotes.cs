using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What a developer reads once a push is through, before anything has come of it.</summary>
internal static class PushNotes
{
    public static IEnumerable<string> After(PushUnderWay push, IReadOnlyList<RefCommand> moved)
    {
        if (push.Wish.HasOthers)
            yield return "Bascule: push options that are not Bascule's are not passed on to the forge; yours did nothing";
        if (moved.Count > 0)
            yield return $"Bascule: pushed under policy '{push.Pass.Policy}'";
    }
}
