using System.Diagnostics;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>A real repository of DAG files for one test.</summary>
public sealed class DagRepository : IDisposable
{
    private const string Main = "refs/heads/main";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dags");

    public DagRepository() => Git("init", "--quiet", "--initial-branch=main");

    public string Path => _directory.FullName;

    /// <summary>A DAG of the tasks, one after the other.</summary>
    public static string Dag(string id, params string[] tasks) =>
        $"from airflow import DAG\nwith DAG(\"{id}\"):\n"
        + string.Concat(tasks.Select(task => $"    PythonOperator(task_id=\"{task}\")\n"));

    /// <returns>The new commit.</returns>
    public string Commit(params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = System.IO.Path.Join(Path, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            if (text is null)
                File.Delete(file);
            else
                File.WriteAllText(file, text);
        }
        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "-m", "c");
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>A commit on top of what was deployed, to which nothing leads yet.</summary>
    public string Prepare(params (string Path, string? Text)[] files)
    {
        var before = Commit();
        var commit = Commit(files);
        Git("update-ref", Main, before);
        return commit;
    }

    /// <summary>Has the ref lead to what was prepared.</summary>
    public void Move(string commit) => Git("update-ref", Main, commit);

    public void Dispose() => _directory.Delete(recursive: true);

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
