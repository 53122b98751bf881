using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Programs;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>
/// What a compute is to a simulated workspace: runs the command of each job for real, with exactly the files that were sent, in a process whose environment is built
/// from nothing. It knows <c>python FILE</c> with plain words behind it, and values as inputs; it runs no pipelines. Assumed: the names of the variables by which a program
/// finds its MLflow run.
/// </summary>
public sealed class AmlPrograms : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private readonly AmlSimulator _simulator;
    private readonly string _folder;
    private readonly EntraApplication _job;
    private readonly PythonProcess _python = new("python3");
    private readonly ConcurrentBag<Task> _running = [];
    private readonly CancellationTokenSource _shutdown = new();

    /// <summary>From now on.</summary>
    /// <param name="folder">Of its own; what runs works below it.</param>
    /// <param name="caPem">Whom programs trust.</param>
    public AmlPrograms(AmlSimulator simulator, string folder, string caPem)
    {
        (_simulator, _folder) = (simulator, Directory.CreateDirectory(folder).FullName);
        File.WriteAllText(CaFile, caPem);
        _job = simulator.Directory.AddApplication();
        simulator.Assign(_job, ArmRole.DataScientist);
        simulator.OnSubmitted = job => _running.Add(Task.Run(() => CarryAsync(job)));
    }

    private string CaFile => Path.Join(_folder, "ca.pem");

    public async ValueTask DisposeAsync()
    {
        await _shutdown.CancelAsync();
        await Task.WhenAll(_running);
        _shutdown.Dispose();
    }

    private async Task CarryAsync(AmlJob job)
    {
        try
        {
            job.MoveTo("Preparing");
            var properties = JsonNode.Parse(job.Submitted)!.AsObject();
            if (Words(properties) is not ["python" or "python3", .. var arguments])
            {
                job.Log("The simulator runs 'python FILE' with plain words behind it, and nothing else.\n");
                job.Finish(succeeded: false);
                return;
            }
            var home = Unpack(job, properties);
            job.MoveTo("Running");
            await RunAsync(job, home, arguments);
        }
        catch (Exception error)
        {
            job.Log($"The simulator failed: {error}\n");
            job.Finish(succeeded: false);
        }
    }

    private async Task RunAsync(AmlJob job, string home, IEnumerable<string> arguments)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_shutdown.Token);
        var running = _python.RunAsync(home, arguments, EnvironmentOf(job, home), stop.Token);
        while (await Task.WhenAny(running, Task.Delay(Look)) != running)
            if (job.Status != "Running")
                await stop.CancelAsync();
        var end = await running;
        job.Log(end.Logs);
        if (job.Status == "Running")
            job.Finish(end.ExitCode == 0);
    }

    /// <summary>The command with its inputs; null where it is more than words.</summary>
    private static string[]? Words(JsonObject properties)
    {
        if ((string?)properties["jobType"] != "Command")
            return null;
        var command = (string)properties["command"]!;
        foreach (var (name, input) in properties["inputs"] as JsonObject ?? [])
            command = command.Replace(
                $"${{{{inputs.{name}}}}}",
                (string?)input?["value"] ?? "",
                StringComparison.Ordinal
            );
        return command.IndexOfAny(['\'', '"', '$', '|', ';', '&', '<', '>', '`']) < 0
            ? command.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : null;
    }

    private string Unpack(AmlJob job, JsonObject properties)
    {
        var home = Directory.CreateDirectory(Path.Join(_folder, job.Name)).FullName;
        if ((string?)properties["codeId"] is not { } code)
            return home;
        var parts = code.Split('/');
        foreach (var (path, bytes) in _simulator.FilesOf(parts[^3], parts[^1]))
        {
            var file = Path.Join(home, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
        return home;
    }

    private Dictionary<string, string> EnvironmentOf(AmlJob job, string home)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["PYTHONUNBUFFERED"] = "1",
            ["SSL_CERT_FILE"] = CaFile,
            ["MLFLOW_TRACKING_URI"] = _simulator.TrackingUri,
            ["MLFLOW_TRACKING_TOKEN"] = _simulator.Directory.Issue(_job),
            ["MLFLOW_RUN_ID"] = job.Name,
        };
        var given = JsonNode.Parse(job.Submitted)!["environmentVariables"] as JsonObject ?? [];
        foreach (var (name, value) in given)
            environment[name] = (string?)value ?? "";
        return environment;
    }
}
