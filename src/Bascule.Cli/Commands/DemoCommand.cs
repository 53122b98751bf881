using System.CommandLine;
using Bascule.Cli.Demo;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule demo</c>: the main job on this machine, on simulators that say so.</summary>
internal static class DemoCommand
{
    private static readonly Option<string> Forge = new("--forge")
    {
        Description = "Which forge to simulate.",
        DefaultValueFactory = _ => "gitea",
        HelpName = "gitea|gogs",
    };
    private static readonly Option<string> Platform = new("--platform")
    {
        Description = "Which platform to simulate.",
        DefaultValueFactory = _ => DemoPlatforms.Default,
        HelpName = string.Join('|', DemoPlatforms.Names),
    };
    private static readonly Option<bool> Once = new("--once")
    {
        Description = "End by itself; the last line on standard output is one JSON object.",
    };

    public static Command Create()
    {
        Forge.AcceptOnlyFromAmong("gitea", "gogs");
        Platform.AcceptOnlyFromAmong(DemoPlatforms.Names);
        var command = new Command(
            "demo",
            "Plays the main job end to end: a push becomes a run, and the run reports back."
        )
        {
            Forge,
            Platform,
            Once,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var start = DemoPlatforms.Find(parsed.GetValue(Platform)!);
        await using var stage = await DemoStage.SetAsync(parsed.GetValue(Forge)!, start, cancellationToken);
        var result = await stage.PlayAsync(cancellationToken);
        if (parsed.GetValue(Once))
        {
            await Console.Out.WriteLineAsync(result.ToJson());
            return result.Ok ? ExitCodes.Success : ExitCodes.Negative;
        }
        OutputFeature.Say($"\nLook around in the console: {stage.ConsoleUrl}   (Ctrl-C ends the demo)");
        await stage.WaitAsync(cancellationToken);
        return ExitCodes.Success;
    }
}
