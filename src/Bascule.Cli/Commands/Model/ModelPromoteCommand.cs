using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Cli.Commands.Model;

/// <summary><c>bascule model promote</c>: has an alias or stage lead to a version that an attested run produced.</summary>
internal static class ModelPromoteCommand
{
    private const int MostNamed = 5;

    private static readonly Argument<string> Model = new("model")
    {
        Description = "Its full name, e.g. main.churn.classifier, or the end of it.",
    };

    private static readonly Argument<string> Version = new("version")
    {
        Description = "The version's number, as `bascule run show` tells it.",
    };

    private static readonly Option<string> To = new("--to")
    {
        Description =
            "The alias or stage, e.g. production; the environment's `promotes` names those that may be moved.",
        HelpName = "alias",
        Required = true,
    };

    private static readonly Option<string> Environment = new("--environment")
    {
        Description = "Where it was produced, where several environments have a version of that name.",
        HelpName = "name",
    };

    private static readonly Option<string> Because = new("--because")
    {
        Description = "Why. It stays in the audit log.",
        HelpName = "text",
    };

    public static Command Create()
    {
        var command = new Command("promote", "Has an alias or stage lead to a version that an attested run produced.")
        {
            Model,
            Version,
            To,
            Environment,
            Because,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => PromoteAsync(parsed, client, cancellationToken),
                    ApiJson.Default.RunSummary,
                    Text
                )
        );
        return command;
    }

    private static async Task<Result<RunSummary>> PromoteAsync(
        ParseResult parsed,
        BasculeClient client,
        CancellationToken cancellationToken
    )
    {
        var of = $"{parsed.GetValue(Model)}@{parsed.GetValue(Version)}";
        var found = await client.FindMadeVersionsAsync(of, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var made = Choose(found.Value.Versions, of, parsed.GetValue(Environment));
        return made.Failed(out problem)
            ? problem
            : await client.PromoteAsync(made.Value, parsed.GetValue(To)!, parsed.GetValue(Because), cancellationToken);
    }

    /// <summary>The newest run where several produced one version: a platform that gives a number twice has forgotten the first.</summary>
    internal static Result<MadeVersionRecord> Choose(
        IReadOnlyList<MadeVersionRecord> versions,
        string of,
        string? environment
    )
    {
        var shown = PlainText.Line(of, 200);
        var there = versions.Where(one => environment is null || one.Environment == environment).ToList();
        var names = there.Select(one => $"{one.Model} in {one.Environment}").Distinct().ToList();
        return names.Count switch
        {
            1 => there[0],
            0 => Problem.NotFound(
                $"no run of Bascule that you may see produced {shown}{(environment is null ? "" : $" in '{environment}'")}; what others trained is not promoted, see: bascule trace {shown}"
            ),
            _ => Problem.Conflict(
                $"{shown} may be {string.Join(" or ", names.Take(MostNamed))}; write the full name, or say where: --environment NAME"
            ),
        };
    }

    internal static string Text(RunSummary run) =>
        run.State == RunState.AwaitingApproval
            ? $"run {run.Id} waits for approval ({PlainText.Line(run.Reason ?? "", 200)}); then it promotes. Approve it with: bascule run approve {run.Id}"
            : $"run {run.Id} promotes it; it tells how it ends: bascule run watch {run.Id}";
}
