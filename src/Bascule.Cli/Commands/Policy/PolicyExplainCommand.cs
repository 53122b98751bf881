using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Policy;

/// <summary><c>bascule policy explain</c>: what the roles decide, and why; with <c>--token</c> what the trust policies of the settings do.</summary>
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

    private static readonly Option<string> Token = new("--token")
    {
        Description =
            "Ask the trust policies of the settings instead: claims as JSON, or a file with a token or claims, or - for standard input. With --repository.",
        HelpName = "claims",
    };

    private static readonly Option<string[]> Verb = new("--verb")
    {
        Description = "With --token: fetch or push; may be repeated. Default: whatever a policy gives.",
        HelpName = "verb",
        AllowMultipleArgumentsPerToken = false,
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
            Token,
            Verb,
            TrustFeature.Delegated,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(As) is null == result.GetValue(Token) is null)
                result.AddError("say either who, with --as, or what is shown, with --token");
            if (result.GetValue(Token) is not null && result.GetValue(Repository) is null)
                result.AddError("--token goes with --repository FORGE:OWNER/NAME");
            if (result.GetValue(TrustFeature.Delegated) is not null && result.GetValue(Token) is null)
                result.AddError("--delegated goes with --token");
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(Token) is { } shown
                    ? Task.FromResult(ExplainTrust(parsed, shown))
                    : EventFeature.AskAsync(
                        parsed,
                        client => AskAsync(client, parsed, cancellationToken),
                        ApiJson.Default.ExplanationRecord,
                        PeopleText.Explain
                    )
        );
        return command;
    }

    /// <summary>By the settings alone: no server is asked, and no signature is looked at.</summary>
    private static int ExplainTrust(ParseResult parsed, string shown)
    {
        var output = new OutputFeature(parsed);
        var policies = TrustFeature.LoadPolicies(parsed);
        if (policies.Failed(out var wrong))
            return output.Refuse(wrong);
        var text = TrustFeature.ReadText(shown);
        if (text.Failed(out var unreadable))
            return output.Refuse(unreadable);
        var identity = TrustFeature.ReadIdentity(text.Value);
        if (identity.Failed(out var malformed))
            return output.Refuse(malformed);
        var wish = TrustFeature.ReadWish(parsed.GetValue(Repository)!, parsed.GetValue(Verb) ?? []);
        if (wish.Failed(out var unclear))
            return output.Refuse(unclear);
        var decision = policies.Value.Decide(identity.Value, wish.Value);
        Console.Out.WriteLine(output.IsJson ? TrustText.ToJson(decision).ToJsonString() : TrustText.Explain(decision));
        return ExitCodes.Success;
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
