using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Commands.SignIn;

/// <summary><c>bascule logout</c>: ends the session at the server and forgets it here.</summary>
internal static class LogoutCommand
{
    public static Command Create()
    {
        var command = new Command("logout", "Ends the session that `bascule login` began.");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var server = ConnectionFeature.ReadServer(parsed);
        if (server.Failed(out var nowhere))
            return output.Refuse(nowhere);
        var found = SavedSessions.Own.Find(server.Value, TimeProvider.System.GetUtcNow());
        if (found.Failed(out var none))
            return output.Refuse(none);
        using var client = new SignInClient(server.Value, found.Value.Ca);
        var ended = await client.EndAsync(new Secret(found.Value.Token), cancellationToken);
        if (ended.Failed(out var problem))
            return output.Refuse(problem);
        var forgotten = SavedSessions.Own.Forget(server.Value);
        if (forgotten.Failed(out var kept))
            return output.Refuse(kept);
        OutputFeature.Say("Signed out.");
        return ExitCodes.Success;
    }
}
