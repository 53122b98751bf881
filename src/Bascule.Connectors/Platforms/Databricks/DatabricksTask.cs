using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What a workflow asks of Databricks: a file of its own to run, an existing job to start, or a bundle to deploy and a job of it to start.</summary>
internal sealed partial record DatabricksTask : PlatformTask
{
    private static readonly string[] Kinds = ["task", "job", "bundle"];
    private static readonly string[] Theirs = ["job.", "task.", "tasks.", "workspace.", "backfill."];

    /// <summary>A Python file below the workflow's root.</summary>
    public string? Python { get; init; }

    /// <summary>A notebook below the workflow's root, with its extension.</summary>
    public string? Notebook { get; init; }

    /// <summary>The id of an existing job.</summary>
    public long? Job { get; init; }

    /// <summary>A bundle in the workflow's root.</summary>
    public BundleTask? Bundle { get; init; }

    /// <summary>Of a Python file, in order.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Of a notebook: widgets by name.</summary>
    public IReadOnlyDictionary<string, string> Widgets { get; init; } = new Dictionary<string, string>();

    /// <summary>Pip requirements.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>schema.model, or model.</summary>
    public string? Model { get; init; }

    /// <summary>An absolute workspace path.</summary>
    public string? Experiment { get; init; }

    /// <summary>Null for the job's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The file that runs; null for a job and a bundle.</summary>
    public string? File => Python ?? Notebook;

    public IEnumerable<string> ParameterTexts => [.. Arguments, .. Widgets.Values];

    public bool Uses(string placeholder) => ParameterTexts.Any(text => Placeholders.Uses(text, placeholder));

    public static DatabricksTask? Read(SettingReader settings)
    {
        var task = settings.Map("task");
        var job = settings.Number("job", 1, long.MaxValue);
        var bundle = settings.Map("bundle");
        if (Kinds.Count(settings.Keys.Contains) != 1)
            settings.Refuse(
                Kinds.LastOrDefault(settings.Keys.Contains) ?? "task",
                "must be exactly one of task, job and bundle",
                "write task: { python: train.py }, or job: <id of an existing job>, or bundle: { target: prod, run: train_job }"
            );
        var read = task is not null
            ? ReadProgram(task)
            : new DatabricksTask { Job = job, Bundle = bundle is null ? null : BundleTask.Read(bundle) };
        read = read with
        {
            Model = ReadModel(settings),
            Experiment = ReadExperiment(settings),
            Timeout = ReadTimeout(settings, task is not null),
        };
        if (read.Uses(Placeholders.Model) && read.Model is null)
            settings.Refuse("model", "is missing, and a parameter has {{model}}", "write model: schema.model");
        settings.RefuseOthers();
        return settings.HasProblems ? null : read;
    }

    private static DatabricksTask ReadProgram(SettingReader task)
    {
        var (python, notebook) = (ReadFile(task, "python"), ReadFile(task, "notebook"));
        var asksNotebook = task.Keys.Contains("notebook");
        if (task.Keys.Contains("python") == asksNotebook)
            task.Refuse(
                asksNotebook ? "notebook" : "python",
                "must be exactly one of python and notebook",
                "write python: train.py, or notebook: train.ipynb"
            );
        var read = new DatabricksTask
        {
            Python = python,
            Notebook = notebook,
            Arguments = asksNotebook ? [] : task.Texts("parameters"),
            Widgets = asksNotebook ? ReadWidgets(task) : new Dictionary<string, string>(),
            Dependencies = task.Texts("dependencies"),
        };
        foreach (var text in read.ParameterTexts)
            if (Placeholders.Unknown(text, Theirs) is { } unknown)
                task.Refuse("parameters", $"has {unknown}, which nobody knows", $"use {Placeholders.KnownText}");
        foreach (var line in read.Dependencies.Where(line => !Requirement().IsMatch(line)))
            task.Refuse(
                "dependencies",
                $"has '{line}', which is no package",
                "write packages as pip takes them, one an item"
            );
        task.RefuseOthers();
        return read;
    }

    private static string? ReadFile(SettingReader task, string key)
    {
        if (task.Text(key) is not { } text || SendablePath.IsRelative(text))
            return task.Text(key);
        task.Refuse(key, "is not a path below the workflow's root", "write it relative, with '/', without '..'");
        return null;
    }

    private static Dictionary<string, string> ReadWidgets(SettingReader task)
    {
        if (task.Find("parameters") is SettingList)
            task.Refuse("parameters", "is a list", "a notebook has named ones: write parameters: { alpha: \"0.1\" }");
        else if (task.Map("parameters") is { } map)
            return map.Keys.ToDictionary(key => key, key => map.Text(key) ?? "");
        return [];
    }

    private static string? ReadModel(SettingReader settings)
    {
        if (settings.Text("model") is not { } model || ModelName.Fault(model) is not { } fault)
            return settings.Text("model");
        settings.Refuse("model", fault, "write schema.model; the environment brings the catalog");
        return null;
    }

    private static string? ReadExperiment(SettingReader settings)
    {
        if (settings.Text("experiment") is not { } path || WorkspacePath.IsAbsolute(path))
            return settings.Text("experiment");
        settings.Refuse("experiment", "is not an absolute workspace path", "write one like /Shared/churn");
        return null;
    }

    private static TimeSpan? ReadTimeout(SettingReader settings, bool isTask)
    {
        if (settings.Text("timeout") is not { } text)
            return isTask ? DatabricksDefaults.Timeout : null;
        if (!isTask)
            settings.Refuse("timeout", "stands beside a job", "set it in the job itself");
        if (Parse(text) is { } timeout && timeout > TimeSpan.Zero && timeout <= DatabricksDefaults.LongestTimeout)
            return timeout;
        settings.Refuse("timeout", "is not a time of at most 7 days", "write one like 90s, 45m or 12h");
        return null;
    }

    private static TimeSpan? Parse(string text) =>
        Duration().IsMatch(text) && int.Parse(text[..^1], CultureInfo.InvariantCulture) is var count
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(count),
                'm' => TimeSpan.FromMinutes(count),
                _ => TimeSpan.FromHours(count),
            }
            : null;

    [GeneratedRegex(@"\A[0-9]{1,6}[smh]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Duration();

    /// <summary>One line that begins as a package, an address or a path begins, and not as an option of pip.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9/.][^\x00-\x1f\x7f]{0,499}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Requirement();
}
