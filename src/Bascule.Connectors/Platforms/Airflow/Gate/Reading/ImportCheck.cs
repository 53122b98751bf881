using System.Globalization;
using System.Text;
using Bascule.Connectors.Platforms.Isolation;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

/// <summary>
/// Imports DAG files with the Airflow that is installed, in a sandbox made by bubblewrap: namespaces of its own without any network, an empty environment, nothing
/// of the disk but the system's programs and the interpreter, to read alone; what is written is memory (THREATS T131). As root it becomes nobody first, since the
/// system limits root's processes by no number.
/// </summary>
internal sealed class ImportCheck(string python, ImportLimits limits)
{
    private const string Bubblewrap = "bwrap";
    private const string SetPrivileges = "setpriv";
    private const string Nobody = "65534";
    private const string Remedy = "install bubblewrap (Debian: apt-get install bubblewrap), or check without --import";
    private static readonly TimeSpan ToStart = TimeSpan.FromSeconds(30);

    private static readonly string Script = PythonScript.Join("import_check");

    /// <param name="files">All that can be read: a file may import others.</param>
    /// <param name="wanted">Those to be imported, among them and in the same order.</param>
    /// <returns>In that order. NotFound: a program is missing; Unavailable: there is no sandbox to be had.</returns>
    public async Task<Result<PythonAnswers>> RunAsync(
        IReadOnlyList<DagFile> files,
        IReadOnlyList<DagFile> wanted,
        CancellationToken cancellationToken
    )
    {
        if (wanted.Count == 0)
            return new PythonAnswers([], null, null);
        if (IsolatedProcess.Find(Bubblewrap) is null)
            return Problem.NotFound($"there is no {Bubblewrap} here, without which nothing is imported; {Remedy}");
        var places = await FindPlacesAsync(cancellationToken);
        if (places.Failed(out var problem))
            return problem;
        var arguments = Arguments(places.Value[0], places.Value[1..]);
        var call = new IsolatedCall(arguments[0], arguments[1..])
        {
            Time = limits.Time,
            MaxOutput = limits.Answer,
            WriteInput = (input, end) => WriteAsync(input, files, wanted.ToHashSet(), end),
        };
        var ran = await IsolatedProcess.RunAsync(call, cancellationToken);
        if (ran.Failed(out problem))
            return problem;
        var reader = new AnswerReader(wanted.Count);
        if (reader.Read(ran.Value.Output).Failed(out problem))
            return problem;
        if (ran.Value is { End: IsolatedEnd.Exited, ExitCode: not 0 } && reader.Files.Count == 0)
            return Problem.Unavailable(
                $"the sandbox for imports cannot be made: {PythonReading.Complaint(ran.Value)}; it needs user namespaces, and Python where everybody may read it"
            );
        return new PythonAnswers(
            reader.Files,
            reader.Version,
            reader.IsAtEnd ? null : "imports took too long, or one of them ended the sandbox"
        );
    }

    /// <summary>The interpreter itself, which a name in PATH may only lead to, and where it and its packages are.</summary>
    private async Task<Result<string[]>> FindPlacesAsync(CancellationToken cancellationToken)
    {
        var call = new IsolatedCall(
            python,
            ["-I", "-B", "-c", "import sys\nprint(sys.executable)\nprint(sys.prefix)\nprint(sys.base_prefix)"]
        )
        {
            Time = ToStart,
            MaxOutput = 16 * 1024,
        };
        var asked = await IsolatedProcess.RunAsync(call, cancellationToken);
        if (asked.Failed(out var problem))
            return problem;
        string[] places = Encoding
            .UTF8.GetString(asked.Value.Output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return asked.Value.ExitCode == 0 && places.Length == 3 && places.All(IsPlace)
            ? places
            : Problem.Unavailable($"'{python}' does not say where it is: {PythonReading.Complaint(asked.Value)}");
    }

    private static bool IsPlace(string path) => Path.IsPathRooted(path) && path.Trim('/').Length > 0;

    private string[] Arguments(string interpreter, IEnumerable<string> folders) =>
        [
            .. Environment.IsPrivilegedProcess
                ? (string[])
                    [SetPrivileges, "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--inh-caps=-all", "--"]
                : [],
            IsolatedProcess.Find(Bubblewrap)!,
            "--unshare-all", // not --die-with-parent: to the system the parent is one thread, which may end long before we do
            "--new-session",
            "--clearenv",
            .. Variable("HOME", "/tmp/home"),
            .. Variable("USER", "airflow"),
            .. Variable("LANG", "C.UTF-8"),
            .. Variable("AIRFLOW_HOME", "/tmp/airflow"),
            .. Variable("AIRFLOW__CORE__DAGS_FOLDER", "/tmp/dags"),
            .. Variable("AIRFLOW__CORE__LOAD_EXAMPLES", "False"),
            .. ReadOnly("/usr"),
            "--symlink",
            "usr/bin",
            "/bin",
            "--symlink",
            "usr/lib",
            "/lib",
            "--symlink",
            "usr/lib64",
            "/lib64",
            .. folders
                .Where(folder => !$"{folder}/".StartsWith("/usr/", StringComparison.Ordinal))
                .Distinct()
                .SelectMany(ReadOnly),
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--size",
            limits.Disk.ToString(CultureInfo.InvariantCulture),
            "--tmpfs",
            "/tmp",
            "--chdir",
            "/tmp",
            "--remount-ro",
            "/",
            "--cap-drop",
            "ALL",
            "--",
            interpreter,
            "-I",
            "-B",
            "-c",
            Script,
            limits.Memory.ToString(CultureInfo.InvariantCulture),
            limits.TimeOfOne.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        ];

    private static string[] Variable(string name, string value) => ["--setenv", name, value];

    private static string[] ReadOnly(string folder) => ["--ro-bind", folder, folder];

    private static async Task WriteAsync(
        Stream input,
        IReadOnlyList<DagFile> files,
        HashSet<DagFile> wanted,
        CancellationToken cancellationToken
    )
    {
        await PythonReading.WriteNumberAsync(input, files.Count, cancellationToken);
        foreach (var file in files)
        {
            var path = Encoding.UTF8.GetBytes(file.Path);
            await PythonReading.WriteNumberAsync(input, path.Length, cancellationToken);
            await input.WriteAsync(path, cancellationToken);
            await input.WriteAsync(new byte[] { wanted.Contains(file) ? (byte)1 : (byte)0 }, cancellationToken);
            await PythonReading.WriteNumberAsync(input, file.Bytes!.Value.Length, cancellationToken);
            await input.WriteAsync(file.Bytes.Value, cancellationToken);
        }
        await input.FlushAsync(cancellationToken);
    }
}
