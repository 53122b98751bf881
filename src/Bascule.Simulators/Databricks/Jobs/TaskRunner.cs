using System.Text.Json;
using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Workspace;
using Bascule.Simulators.Programs;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Runs a task's program in a child process whose environment is built from nothing.</summary>
internal sealed class TaskRunner(
    DatabricksSimulatorOptions options,
    Lock gate,
    WorkspaceTree tree,
    AccessTokens tokens,
    Func<Uri> url
)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);
    private readonly PythonProcess _python = new(options.PythonExecutable);

    public async Task<(RunState State, TaskOutput Output)> RunAsync(JobRun run, TaskRun task, CancellationToken stop)
    {
        TaskProgram? program;
        RunState? refusal;
        lock (gate)
            if (!TaskProgram.TryFind(tree, run, task, out program, out refusal))
                return (refusal, TaskOutput.None with { Error = refusal.Message });
        var home = Directory.CreateDirectory(Path.Join(options.DataDirectory, "tasks", $"{task.RunId}")).FullName;
        var token = tokens.Issue(
            new Caller(run.Creator, IsAdmin: false, new JobScope(run.JobId, run.RunId, task.RunId)),
            TokenLifetime
        );
        try
        {
            var arguments = Arguments(program, home);
            var directory = Path.GetDirectoryName(program.File)!;
            var end = await _python.RunAsync(directory, arguments, EnvironmentOf(home, token), stop);
            return Judge(end, ResultOf(home, program));
        }
        finally
        {
            tokens.Revoke(token);
        }
    }

    private static (RunState State, TaskOutput Output) Judge(PythonEnd end, string? notebookResult)
    {
        var output = new TaskOutput(end.Logs, end.LogsTruncated, null, null, notebookResult);
        return end.ExitCode == 0
            ? (RunState.Succeeded, output)
            : (RunState.Failed(end.Error), output with { Error = end.Error, Trace = end.Trace ?? end.Logs });
    }

    private List<string> Arguments(TaskProgram program, string home)
    {
        if (program.Widgets is not { } widgets)
            return [program.File, .. program.Arguments];
        var parameters = Path.Join(home, "parameters.json");
        File.WriteAllText(parameters, JsonSerializer.Serialize(widgets));
        return [Path.Join(options.DataDirectory, Launcher.NotebookPrelude), program.File, parameters, ResultFile(home)];
    }

    private Dictionary<string, string> EnvironmentOf(string home, string token) =>
        new()
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
            ["TMPDIR"] = home,
            ["LANG"] = "C.UTF-8",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["PYTHONUNBUFFERED"] = "1",
            ["SSL_CERT_FILE"] = Path.Join(options.DataDirectory, Launcher.CaFile),
            ["MLFLOW_TRACKING_URI"] = "databricks",
            ["DATABRICKS_HOST"] = url().GetLeftPart(UriPartial.Authority),
            ["DATABRICKS_TOKEN"] = token,
        };

    private static string? ResultOf(string home, TaskProgram program) =>
        program.Widgets is not null && File.Exists(ResultFile(home)) ? File.ReadAllText(ResultFile(home)) : null;

    private static string ResultFile(string home) => Path.Join(home, "result");
}
