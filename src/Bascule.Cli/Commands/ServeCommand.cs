using System.CommandLine;
using Bascule.Cli.Features;
using Microsoft.Extensions.Logging;

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

    /// <summary>One JSON object a line on standard error: what others wrote into a branch name stays inside a string (THREATS T113).</summary>
    public static void ConfigureLogs(ILoggingBuilder logs)
    {
        logs.SetMinimumLevel(LogLevel.Information);
        logs.AddFilter("Microsoft", LogLevel.Warning);
        logs.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logs.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options =>
            options.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var settings = ConnectionFeature.ReadSettings(parsed);
        if (settings.Failed(out var wrong))
            return output.Refuse(wrong);
        var started = await Server.Host.StartAsync(
            settings.Value,
            TimeProvider.System,
            ConfigureLogs,
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
