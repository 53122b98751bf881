using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run list</c>: newest first.</summary>
internal static class RunListCommand
{
    private static readonly Option<string?> Repository = new("--repository") { Description = "owner/name." };
    private static readonly Option<string?> Workflow = new("--workflow") { Description = "A workflow's name." };
    private static readonly Option<string?> State = new("--state") { Description = "E.g. failed." };
    private static readonly Option<string?> Ref = new("--ref") { Description = "A branch, or a full ref name." };
    private static readonly Option<string?> PullRequest = new("--pull-request") { Description = "A number." };
    private static readonly Option<string?> Commit = new("--commit") { Description = "A full commit id." };
    private static readonly Option<string?> Before = new("--before") { Description = "A run: show the page after it." };
    private static readonly Option<string?> Limit = new("--limit") { Description = "How many, at most 500." };

    public static Command Create()
    {
        var command = new Command("list", "Lists runs, newest first.")
        {
            Repository,
            Workflow,
            State,
            Ref,
            PullRequest,
            Commit,
            Before,
            Limit,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(parsed, (client, _) => client.ListRunsAsync(Query(parsed), cancellationToken), Show)
        );
        return command;
    }

    private static int Show(OutputFeature output, RunList list)
    {
        output.Write(list, ApiJson.Default.RunList, () => RunText.List(list));
        return ExitCodes.Success;
    }

    private static RunQuery Query(ParseResult parsed) =>
        new(
            parsed.GetValue(Repository),
            parsed.GetValue(Workflow),
            parsed.GetValue(State),
            parsed.GetValue(Ref),
            parsed.GetValue(PullRequest),
            parsed.GetValue(Commit),
            parsed.GetValue(Before),
            parsed.GetValue(Limit)
        );
}
