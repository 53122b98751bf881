using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule rollback</c>: what is deployed goes back to the last good version, and what it leaves does not come back by itself.</summary>
internal static class RollbackCommand
{
    private const int ShortCommit = 8;

    private static readonly Argument<string> Environment = new("environment")
    {
        Description = "Where, e.g. dags-prod.",
    };

    private static readonly Option<string> Repository = new("--repository")
    {
        Description = "Which, where several are deployed there, e.g. git:ml/dags.",
        HelpName = "forge:owner/name",
    };

    private static readonly Option<string> Because = new("--because")
    {
        Description = "Why. It stays in the audit log, and is what people are told who ask for the commit again.",
        HelpName = "text",
        DefaultValueFactory = _ => "rolled back by hand",
    };

    public static Command Create()
    {
        var command = new Command("rollback", "Goes back to the last good version, and keeps the bad one out.")
        {
            Environment,
            Repository,
            Because,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => RollBackAsync(parsed, client, cancellationToken),
                    ApiJson.Default.DeploymentRecord,
                    Text
                )
        );
        return command;
    }

    private static async Task<Result<DeploymentRecord>> RollBackAsync(
        ParseResult parsed,
        BasculeClient client,
        CancellationToken cancellationToken
    )
    {
        var (environment, repository) = (parsed.GetValue(Environment)!, parsed.GetValue(Repository));
        var listed = await client.ListDeploymentsAsync(environment, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var there = listed.Value.Deployments.Where(one => repository is null || NameOf(one) == repository).ToList();
        return there switch
        {
            [var only] => await client.RollBackAsync(only, parsed.GetValue(Because)!, cancellationToken),
            [] => Problem.NotFound(
                repository is null
                    ? $"nothing that you may see is deployed to '{environment}'; `bascule environment list` says what runs where"
                    : $"nothing of {repository} that you may see is deployed to '{environment}'"
            ),
            _ => Problem.Conflict(
                $"{there.Count} repositories are deployed to '{environment}'; say which: --repository {string.Join(" or ", there.Take(5).Select(NameOf))}"
            ),
        };
    }

    private static string NameOf(DeploymentRecord one) => $"{one.Forge}:{one.Repository}";

    /// <summary>Where going back is work, the ref has moved and the platform is still to follow.</summary>
    private static string Work(DeploymentRecord back) =>
        back.Run is { } run
            ? $"\nRun {run} takes back what was deployed since. It tells how it ends: bascule run watch {run}"
            : "";

    internal static string Text(DeploymentRecord back) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{back.Environment}: {back.Ref} of {NameOf(back)} is at {back.Commit[..ShortCommit]} again (move {back.Generation}).{Work(back)}\nThe commit that it left does not come back by itself; push one that mends it, or merge the branch bascule/revert-… that Bascule proposes in the repository."
        );
}
