using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Git;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Commands.Git;

/// <summary>
/// <c>bascule askpass</c>: stands beside git-sync in its pod and answers its <c>--askpass-url</c>, which proves nothing by itself. What proves the pod is the token
/// that its platform projects into it; here it never leaves for anywhere but Bascule (THREATS T94).
/// </summary>
internal static partial class AskpassCommand
{
    private static readonly Option<string> Repository = new("--repository")
    {
        Description = "The one repository that tokens are for: FORGE:OWNER/NAME.",
        HelpName = "repository",
        Required = true,
    };

    private static readonly Option<string> TokenFile = new("--token-file")
    {
        Description = "The token that the platform projects here; read anew each time.",
        HelpName = "file",
        DefaultValueFactory = _ => "/var/run/secrets/bascule/token",
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "An address of loopback with a port.",
        HelpName = "address",
        DefaultValueFactory = _ => "127.0.0.1:9102",
    };

    private static readonly Option<string?> Ca = new("--ca")
    {
        Description = "PEM certificates to trust instead of the system's.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command(
            "askpass",
            "Answers git-sync in its pod: one repository, one token for each question."
        )
        {
            Repository,
            TokenFile,
            Listen,
            Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var server = ConnectionFeature.ReadServer(parsed);
        if (server.Failed(out var nowhere))
            return output.Refuse(nowhere);
        var repository = ReadRepository(parsed.GetValue(Repository)!, server.Value);
        if (repository.Failed(out var unclear))
            return output.Refuse(unclear);
        var listen = ReadListen(parsed.GetValue(Listen)!);
        if (listen.Failed(out var open))
            return output.Refuse(open);
        var ca = parsed.GetValue(Ca);
        if (ca is not null && !File.Exists(ca))
            return output.Refuse(Problem.NotFound($"there is no '{ca}'"));
        using var client = new GitTokenClient(server.Value, ca);
        await using var tokens = new AskpassTokens(
            new PodToken(client, parsed.GetValue(TokenFile)!, repository.Value),
            TimeProvider.System
        );
        var started = await AskpassServer.StartAsync(listen.Value, tokens, cancellationToken);
        if (started.Failed(out var taken))
            return output.Refuse(taken);
        await using var serving = started.Value;
        OutputFeature.Say($"Answers git-sync on {serving.Address} for {repository.Value}");
        await serving.WaitAsync(cancellationToken);
        return ExitCodes.Success;
    }

    private static Result<string> ReadRepository(string text, Uri server) =>
        Name().IsMatch(text)
            ? $"{server.GetLeftPart(UriPartial.Authority)}/git/{text.Replace(':', '/')}.git"
            : Problem.Invalid($"--repository '{text}' names no repository; write FORGE:OWNER/NAME, e.g. git:ml/churn");

    private static Result<IPEndPoint> ReadListen(string text)
    {
        if (!IPEndPoint.TryParse(text, out var address) || !text.Contains(':', StringComparison.Ordinal))
            return Problem.Invalid($"--listen '{text}' is no address with a port; write 127.0.0.1:9102");
        return IPAddress.IsLoopback(address.Address)
            ? address
            : Problem.Invalid(
                $"--listen {text} is not loopback: whoever reached it would be given tokens; write 127.0.0.1:{address.Port}, in the pod of git-sync"
            );
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}:[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
