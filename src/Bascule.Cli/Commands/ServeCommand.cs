using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule serve</c>: the server, in the foreground, until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Runs the server, in the foreground.");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        CoreDumps.Forbid();
        var output = new OutputFeature(parsed);
        var settings = ConnectionFeature.ReadSettings(parsed);
        if (settings.Failed(out var wrong))
            return output.Refuse(wrong);
        var started = await Server.Host.StartAsync(
            settings.Value,
            TimeProvider.System,
            Server.ServerLogs.Configure,
            cancellationToken
        );
        if (started.Failed(out var problem))
            return output.Refuse(problem);
        await using var host = started.Value;
        OutputFeature.Say($"Bascule serves {settings.Value.PublicUrl.OriginalString}; console on {host.LocalUrl}");
        await host.WaitAsync(cancellationToken);
        return ExitCodes.Success;
    }
}
