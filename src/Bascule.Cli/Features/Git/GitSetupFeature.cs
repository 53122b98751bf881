using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Features.Git;

/// <summary><c>bascule login --setup-git</c> and <c>--undo-git</c>, in words for the person who types them.</summary>
internal static class GitSetupFeature
{
    /// <param name="signInAsync">Ends with the exit code; keeps the session when that is 0.</param>
    public static async Task<int> SetUpAsync(
        OutputFeature output,
        Uri server,
        Func<Task<int>> signInAsync,
        CancellationToken cancellationToken
    )
    {
        if ((await GitProgram.CheckAsync(cancellationToken)).Failed(out var noGit))
            return output.Refuse(noGit);
        var listed = await ListAsync(server, cancellationToken);
        if (listed.Problem is { Code: ProblemCode.Unauthenticated })
        {
            if (await signInAsync() is not ExitCodes.Success and var code)
                return code;
            listed = await ListAsync(server, cancellationToken);
        }
        if (listed.Failed(out var problem))
            return output.Refuse(problem);
        var at = server.GetLeftPart(UriPartial.Authority);
        if (listed.Value.Forges.Count == 0)
            return output.Refuse(
                Problem.NotFound($"{at} gives no tokens for git; whoever runs it has to write trust_policies")
            );
        var ca = SavedSessions.Own.Find(server, TimeProvider.System.GetUtcNow()).Value.Ca;
        var setup = new GitSetup(server, GlobalGitFile.Own(), GitSetups.Own);
        var written = await setup.WriteAsync(listed.Value.Forges, ca, cancellationToken);
        if (written.Failed(out var unwritten))
            return output.Refuse(unwritten);
        Tell(at, written.Value);
        return ExitCodes.Success;
    }

    public static async Task<int> UndoAsync(OutputFeature output, Uri server, CancellationToken cancellationToken)
    {
        var undone = await new GitSetup(server, GlobalGitFile.Own(), GitSetups.Own).UndoAsync(cancellationToken);
        if (undone.Failed(out var problem))
            return output.Refuse(problem);
        OutputFeature.Say(
            undone.Value
                ? "git goes to the forges by itself again. You are still signed in: bascule logout"
                : "There is nothing to undo: git is not set up for that server."
        );
        return ExitCodes.Success;
    }

    /// <summary>With the session that is kept; Unauthenticated when there is none, or it is over.</summary>
    private static async Task<Result<GitForgeList>> ListAsync(Uri server, CancellationToken cancellationToken)
    {
        var session = SavedSessions.Own.Find(server, TimeProvider.System.GetUtcNow());
        if (session.Failed(out var none))
            return none;
        using var client = BasculeClient.ForSession(server, new Secret(session.Value.Token), session.Value.Ca);
        return await client.ListGitForgesAsync(cancellationToken);
    }

    private static void Tell(string server, GitSetupOutcome outcome)
    {
        OutputFeature.Say($"From now on git goes through {server} for addresses that begin with");
        foreach (var route in outcome.Routes)
            OutputFeature.Say($"  {route.InsteadOf[0]}  {route.InsteadOf.FirstOrDefault(IsSsh)}");
        foreach (var rival in outcome.Rivals)
            OutputFeature.Say($"but not {rival}…: another insteadOf or pushInsteadOf of yours leads there.");
        OutputFeature.Say("Clone, fetch and push as before; no key and no password is needed.");
        OutputFeature.Say($"Written at the end of {outcome.File}");
        OutputFeature.Say($"To undo it: bascule login --undo-git --server {server}");
    }

    private static bool IsSsh(string spelling) =>
        spelling.Contains('@', StringComparison.Ordinal) && !spelling.Contains("://", StringComparison.Ordinal);
}
