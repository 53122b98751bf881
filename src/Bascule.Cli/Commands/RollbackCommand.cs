using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule rollback</c>: what is deployed or promoted goes back to the last good version, and what it leaves does not come back by itself.</summary>
internal static class RollbackCommand
{
    private const int ShortCommit = 8;
    private const int MostNamed = 5;

    private static readonly Argument<string> Environment = new("environment")
    {
        Description = "Where, e.g. dags-prod.",
    };

    private static readonly Option<string> Repository = new("--repository")
    {
        Description = "Which, where several are deployed there, e.g. git:ml/dags.",
        HelpName = "forge:owner/name",
    };

    private static readonly Option<string> Model = new("--model")
    {
        Description = "Which, where several are promoted there: its full name, or the end of it.",
        HelpName = "name",
    };

    private static readonly Option<string> Alias = new("--alias")
    {
        Description = "Which alias or stage of the model. Default: the first of the environment's `promotes`.",
        HelpName = "name",
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
            Model,
            Alias,
            Because,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var found = await FindAsync(parsed, client, cancellationToken);
        if (found.Failed(out problem))
            return output.Refuse(problem);
        var because = parsed.GetValue(Because)!;
        if (found.Value.Promotion is { } promotion)
        {
            var run = await client.RollBackAsync(promotion, because, cancellationToken);
            if (run.Failed(out problem))
                return output.Refuse(problem);
            output.Write(run.Value, ApiJson.Default.RunSummary, () => Text(promotion, run.Value));
            return ExitCodes.Success;
        }
        var back = await client.RollBackAsync(found.Value.Deployment!, because, cancellationToken);
        if (back.Failed(out problem))
            return output.Refuse(problem);
        output.Write(back.Value, ApiJson.Default.DeploymentRecord, () => Text(back.Value));
        return ExitCodes.Success;
    }

    private static async Task<Result<Leaving>> FindAsync(
        ParseResult parsed,
        BasculeClient client,
        CancellationToken cancellationToken
    )
    {
        var environment = parsed.GetValue(Environment)!;
        var deployed = await client.ListDeploymentsAsync(environment, cancellationToken);
        if (deployed.Failed(out var problem))
            return problem;
        var promoted = await client.ListPromotionsAsync(environment, cancellationToken);
        if (promoted.Failed(out problem))
            return problem;
        return Choose(
            environment,
            new Choice(parsed.GetValue(Repository), parsed.GetValue(Model), parsed.GetValue(Alias)),
            deployed.Value.Deployments,
            promoted.Value.Promotions
        );
    }

    /// <summary>The one thing that is meant; what is asked for by name narrows it to things of that kind.</summary>
    internal static Result<Leaving> Choose(
        string environment,
        Choice choice,
        IReadOnlyList<DeploymentRecord> deployed,
        IReadOnlyList<PromotionRecord> promoted
    )
    {
        Leaving[] refs =
        [
            .. deployed
                .Where(one => choice is { Model: null, Alias: null })
                .Where(one => choice.Repository is null || NameOf(one) == choice.Repository)
                .Select(one => new Leaving(one, null)),
        ];
        Leaving[] aliases =
        [
            .. promoted
                .Where(one => choice.Repository is null && one.Version is not null)
                .Where(one => choice.Model is null || IsNamed(one, choice.Model))
                .Where(one => choice.Alias is null ? one.IsFirst : one.Alias == choice.Alias)
                .Select(one => new Leaving(null, one)),
        ];
        Leaving[] all = [.. refs, .. aliases];
        return all switch
        {
            [var only] => only,
            [] => Nothing(environment, choice),
            _ => Problem.Conflict(
                $"{all.Length} are deployed or promoted in '{environment}'; say which: {string.Join(" or ", all.Take(MostNamed).Select(one => one.Option))}"
            ),
        };
    }

    private static Problem Nothing(string environment, Choice choice) =>
        Problem.NotFound(
            choice switch
            {
                { Repository: { } repository } =>
                    $"nothing of {repository} that you may see is deployed to '{environment}'",
                { Model: null, Alias: null } =>
                    $"nothing that you may see is deployed to '{environment}', or promoted there; `bascule environment list` says what runs where, and `bascule model list` what is promoted",
                _ =>
                    $"no such model that you may see is promoted in '{environment}'; see: bascule model list {environment}",
            }
        );

    private static bool IsNamed(PromotionRecord one, string model) =>
        one.Model == model || one.Model.EndsWith($".{model}", StringComparison.Ordinal);

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

    internal static string Text(PromotionRecord left, RunSummary run)
    {
        var to = run.Promotes?.Version is { } version
            ? $"goes back to version {version}"
            : "is taken away: it led to no version before";
        var text =
            $"{left.Environment}: {left.Alias} of {left.Model} leaves version {left.Version} and {to}.\nRun {run.Id} does it. It tells how it ends: bascule run watch {run.Id}\nVersion {left.Version} does not come back by itself; push a commit that mends it.";
        return PlainText.Block(text, 4 * 1024);
    }

    /// <param name="Repository">Null where none is named, as the others.</param>
    internal sealed record Choice(string? Repository, string? Model, string? Alias);

    /// <summary>What is to be left: one of the two.</summary>
    internal sealed record Leaving(DeploymentRecord? Deployment, PromotionRecord? Promotion)
    {
        /// <summary>By which it is named on the command line.</summary>
        public string Option =>
            Deployment is { } deployed
                ? $"--repository {NameOf(deployed)}"
                : $"--model {Promotion!.Model}{(Promotion.IsFirst ? "" : $" --alias {Promotion.Alias}")}";
    }
}
