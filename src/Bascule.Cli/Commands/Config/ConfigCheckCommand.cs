using System.CommandLine;
using System.Text.Json.Nodes;
using Bascule.Cli.Features;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Workflows;

namespace Bascule.Cli.Commands.Config;

/// <summary><c>bascule config check</c>: the checks of start-up, all errors at once; with <c>--workflow</c> those of a repository's file.</summary>
internal static class ConfigCheckCommand
{
    private static readonly Option<string?> WorkflowFileOption = new("--workflow")
    {
        Description = "Check this .bascule.yaml of a repository instead.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("check", "Checks bascule.yaml, or a repository's .bascule.yaml, as the server would.")
        {
            WorkflowFileOption,
        };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var output = new OutputFeature(parsed);
        var file = parsed.GetValue(WorkflowFileOption) ?? parsed.GetValue(ConnectionFeature.ConfigFile)!;
        if (!File.Exists(file))
            return output.Refuse(Core.Problem.NotFound($"there is no '{file}'"));
        var problems = parsed.GetValue(WorkflowFileOption) is null ? CheckServer(file) : CheckWorkflows(file);
        if (output.IsJson)
            Console.Out.WriteLine(ToJson(file, problems).ToJsonString());
        else if (problems.Count == 0)
            Console.Out.WriteLine($"{file} is fine.");
        else
            foreach (var problem in problems)
                Console.Out.WriteLine(problem);
        return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Invalid;
    }

    private static IReadOnlyList<SettingProblem> CheckServer(string file) =>
        ServerSettings.Load(file, ConnectorKinds.Forges, ConnectorKinds.Platforms, TimeProvider.System).Problems;

    private static IReadOnlyList<SettingProblem> CheckWorkflows(string file)
    {
        var info = new FileInfo(file);
        if (info.Length > WorkflowFile.MaxBytes)
            return [new SettingProblem(new SettingLocation(file, 1, 1), "", $"is larger than {WorkflowFile.MaxBytes} bytes", "shorten it")];
        return WorkflowFileReader.Read(File.ReadAllBytes(file), file, ConnectorKinds.Platforms).Problems;
    }

    private static JsonObject ToJson(string file, IReadOnlyList<SettingProblem> problems) =>
        new()
        {
            ["file"] = file,
            ["ok"] = problems.Count == 0,
            ["problems"] = new JsonArray([
                .. problems.Select(problem => new JsonObject
                {
                    ["file"] = problem.Location.File,
                    ["line"] = problem.Location.Line,
                    ["column"] = problem.Location.Column,
                    ["key"] = problem.Key,
                    ["message"] = problem.Message,
                    ["remedy"] = problem.Remedy,
                }),
            ]),
        };
}
