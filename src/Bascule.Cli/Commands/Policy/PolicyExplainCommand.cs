using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Policy;

/// <summary><c>bascule policy explain</c>: what the roles decide, and why.</summary>
internal static class PolicyExplainCommand
{
    private static readonly Argument<string?> Act = new("act")
    {
        Description = "What is to be done, e.g. approve_run. A wrong one is answered with the list.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> As = new("--as")
    {
        Description =
            "Who: a person as `bascule person list` shows them, ISSUER#SUBJECT, or claims as JSON with iss, sub and groups.",
        Required = true,
        HelpName = "person",
    };

    private static readonly Option<string> Environment = new("--environment")
    {
        Description = "In which environment. Default: the whole installation.",
        HelpName = "name",
    };

    private static readonly Option<string> Repository = new("--repository")
    {
        Description = "Of which repository: FORGE:OWNER/NAME.",
        HelpName = "repository",
    };

    private static readonly Option<string> Run = new("--run")
    {
        Description = "To which run, instead of an environment and a repository. Without an act: approve_run.",
        HelpName = "run",
    };

    public static Command Create()
    {
        var command = new Command(
            "explain",
            "Says whether somebody may do something: the rule, the claims, the reason."
        )
        {
            Act,
            As,
            Environment,
            Repository,
            Run,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => AskAsync(client, parsed, cancellationToken),
                    ApiJson.Default.ExplanationRecord,
                    PeopleText.Explain
                )
        );
        return command;
    }

    private static Task<Result<ExplanationRecord>> AskAsync(
        BasculeClient client,
        ParseResult parsed,
        CancellationToken cancellationToken
    ) =>
        parsed.GetValue(Run) is { } run
            ? client.ExplainRunAsync(parsed.GetValue(As)!, parsed.GetValue(Act), run, cancellationToken)
            : client.ExplainAsync(
                parsed.GetValue(As)!,
                parsed.GetValue(Act) ?? "",
                parsed.GetValue(Environment),
                parsed.GetValue(Repository),
                cancellationToken
            );
}
