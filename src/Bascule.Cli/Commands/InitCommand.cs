using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core;
using Bascule.Server.Configuration;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule init</c>: writes a commented settings file; never over an existing one.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var command = new Command("init", "Writes a commented bascule.yaml to fill in.");
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var file = parsed.GetValue(ConnectionFeature.ConfigFile)!;
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            writer.Write(SettingsTemplate.Text);
        }
        catch (IOException) when (File.Exists(file))
        {
            return new OutputFeature(parsed).Refuse(Problem.Conflict($"'{file}' is there already; edit it, or name another with --config"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new OutputFeature(parsed).Refuse(Problem.Denied($"'{file}' cannot be written: {problem.Message}"));
        }
        OutputFeature.Say($"Wrote {file}. Fill it in, then: bascule config check, bascule serve, bascule connect");
        return ExitCodes.Success;
    }
}
