using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Git;
using Bascule.Core;

namespace Bascule.Cli.Commands.Git;

/// <summary>
/// <c>bascule git-credential</c>: answers git, which calls it by itself. To questions about any other server than one that somebody signed in to it says nothing at
/// all, and git asks elsewhere (THREATS T82).
/// </summary>
internal static class GitCredentialCommand
{
    private static readonly Argument<string> Operation = new("operation")
    {
        Description = "get, store or erase; git says which.",
    };

    public static Command Create()
    {
        var command = new Command("git-credential", "Answers git, which calls it by itself: see login --setup-git.")
        {
            Operation,
        };
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>Ends with 0 in every case: git looks at what is said alone.</summary>
    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var operation = parsed.GetValue(Operation);
        if (operation is not ("get" or "erase"))
            return ExitCodes.Success;
        await using var input = Console.OpenStandardInput();
        var question = await CredentialQuestion.ReadAsync(input, cancellationToken);
        if (question is null || FindServer(parsed, question) is not { } server)
            return ExitCodes.Success;
        if (question.Repository is not { } repository)
        {
            if (question.Path is null && operation == "get")
                OutputFeature.Say(
                    $"bascule: git did not say which repository; run: git config --global credential.{question.Origin}.useHttpPath true"
                );
            return ExitCodes.Success;
        }
        var tokens = new GitTokens(SavedSessions.Own, TimeProvider.System);
        if (operation == "erase")
            tokens.Forget(server, repository, question.Password);
        else
            await AnswerAsync(tokens, server, repository, cancellationToken);
        return ExitCodes.Success;
    }

    private static async Task AnswerAsync(
        GitTokens tokens,
        Uri server,
        string repository,
        CancellationToken cancellationToken
    )
    {
        var found = await tokens.FindAsync(server, repository, cancellationToken);
        if (found.Failed(out var problem))
            OutputFeature.Say($"bascule: {problem.Message}");
        await Console.Out.WriteAsync(problem is null ? CredentialAnswer.Of(found.Value) : CredentialAnswer.Quit);
    }

    /// <summary>Letter for letter one that somebody signed in to here, and the one that <c>--server</c> names, if it names one.</summary>
    private static Uri? FindServer(ParseResult parsed, CredentialQuestion question)
    {
        if (parsed.GetValue(ConnectionFeature.Server) is null)
            return SavedSessions.Own.Knows(question.Origin) ? new Uri(question.Origin) : null;
        var named = ConnectionFeature.ReadServer(parsed);
        return named.Problem is null && named.Value.GetLeftPart(UriPartial.Authority) == question.Origin
            ? named.Value
            : null;
    }
}
