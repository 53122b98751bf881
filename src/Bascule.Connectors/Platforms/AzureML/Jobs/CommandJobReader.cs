using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>
/// Reads a job of type <c>command</c> in the keys of the CLI (v2), from a workflow's block or from a file of the repository. What Bascule cannot
/// send is refused by name: leaving it out would run something else than was written.
/// </summary>
internal static partial class CommandJobReader
{
    private const int LongestTimeout = 30 * 24 * 3600;

    /// <summary>How Azure's own references begin, as in <c>${{inputs.data}}</c>.</summary>
    public static readonly IReadOnlyList<string> Theirs = ["inputs.", "outputs."];

    private static readonly IReadOnlyDictionary<string, string> Unsupported = new Dictionary<string, string>
    {
        ["name"] = "Bascule names the job, so that a run is started once; use display names of workflows",
        ["identity"] = "as whom a job runs is the environment's: an operator writes identity: in bascule.yaml",
        ["services"] = "remove it: Bascule opens no ways into running jobs",
        ["queue_settings"] = "remove it, and let an operator choose the compute",
        ["component"] = "write the command itself",
        ["display_name"] = "remove it: the job is called after its workflow and commit",
        ["job_tier"] = "remove it, and let an operator choose the compute",
        ["parent_job_name"] = "remove it",
        ["properties"] = "use tags:",
    };

    /// <summary>Null when something is wrong; everything that is wrong is in the reader. Does not refuse other keys.</summary>
    public static CommandJob? Read(SettingReader settings)
    {
        var job = ReadCommand(settings) with
        {
            Inputs = JobInputReader.Inputs(settings),
            Outputs = JobInputReader.Outputs(settings),
            Experiment = ReadExperiment(settings),
            Tags = ReadTags(settings),
        };
        RefuseUnknown(settings, "command", job.Texts, Theirs);
        return settings.HasProblems ? null : job;
    }

    /// <summary>The command alone: what a step of a pipeline has too. Does not look at placeholders.</summary>
    public static CommandJob ReadCommand(SettingReader settings)
    {
        RefuseUnsupported(settings);
        return new CommandJob
        {
            Command = settings.RequiredText("command", "write command: python train.py") ?? "",
            Environment = ReadEnvironment(settings) ?? new AssetReference(""),
            Compute = ReadCompute(settings, "compute"),
            Variables = ReadTexts(settings, "environment_variables", VariableName().IsMatch),
            Resources = ReadResources(settings),
            Distribution = ReadDistribution(settings),
            Timeout = ReadTimeout(settings),
            Description = settings.Text("description"),
        };
    }

    public static void RefuseUnsupported(SettingReader settings)
    {
        foreach (var (key, remedy) in Unsupported)
            if (settings.Find(key) is not null)
                settings.Refuse(key, "cannot be sent by Bascule", remedy);
    }

    /// <param name="theirs">How references begin that Azure itself understands there.</param>
    public static void RefuseUnknown(
        SettingReader settings,
        string key,
        IEnumerable<string> texts,
        IReadOnlyList<string> theirs
    )
    {
        foreach (var text in texts)
            if (Placeholders.Unknown(text, theirs) is { } unknown)
                settings.Refuse(
                    key,
                    $"has {unknown}, which nobody knows, in itself or in what it is given",
                    $"use {Placeholders.KnownText}, or Azure's ${{{{inputs.NAME}}}} and ${{{{outputs.NAME}}}}"
                );
    }

    public static Dictionary<string, string> ReadTags(SettingReader settings) =>
        ReadTexts(settings, "tags", name => !name.StartsWith("bascule.", StringComparison.Ordinal));

    public static string? ReadCompute(SettingReader settings, string key)
    {
        const string prefix = "azureml:";
        if (settings.Text(key) is not { } text)
            return null;
        var name = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        if (!AssetName.IsCompute(name))
            settings.Refuse(key, $"'{text}' is no name of a compute", $"write {key}: azureml:NAME, or remove it");
        return name;
    }

    public static string? ReadExperiment(SettingReader settings)
    {
        if (settings.Text("experiment_name") is not { } name || AssetName.IsName(name))
            return settings.Text("experiment_name");
        settings.Refuse("experiment_name", $"'{name}' cannot be one", "write letters, digits, '.', '_' and '-'");
        return null;
    }

    private static AssetReference? ReadEnvironment(SettingReader settings)
    {
        const string remedy =
            "write environment: azureml:NAME:VERSION, or azureml://registries/azureml/environments/NAME/versions/VERSION";
        if (settings.Find("environment") is SettingMap or SettingList)
            settings.Refuse("environment", "describes an image, which Bascule does not build", remedy);
        else if (settings.RequiredText("environment", remedy) is { } text)
        {
            var environment = AssetReference.Parse(text);
            if (environment is null || environment.IsPath)
                settings.Refuse("environment", $"'{text}' names no environment", remedy);
            else if (environment.IsLatest)
                settings.Refuse(
                    "environment",
                    "is whichever is the newest, so a commit would not say what runs",
                    remedy
                );
            else
                return environment;
        }
        return null;
    }

    private static Dictionary<string, string> ReadTexts(SettingReader settings, string key, Func<string, bool> isGood)
    {
        if (settings.Map(key) is not { } map)
            return [];
        foreach (var odd in map.Keys.Where(name => !isGood(name)))
            map.Refuse(odd, "cannot be set", "give it another name");
        return map.Keys.ToDictionary(name => name, name => map.Text(name) ?? "");
    }

    private static JobResources? ReadResources(SettingReader settings)
    {
        if (settings.Map("resources") is not { } resources)
            return null;
        var read = new JobResources(
            (int?)resources.Number("instance_count", 1, 1000),
            resources.Text("instance_type"),
            resources.Text("shm_size")
        );
        if (read.InstanceType is { } type && !InstanceType().IsMatch(type))
            resources.Refuse("instance_type", $"'{type}' is no size of machine", "write one like Standard_DS3_v2");
        if (read.SharedMemory is { } size && !MemorySize().IsMatch(size))
            resources.Refuse("shm_size", $"'{size}' is no size", "write one like 2g");
        resources.RefuseOthers();
        return read;
    }

    private static JobDistribution? ReadDistribution(SettingReader settings)
    {
        if (settings.Map("distribution") is not { } distribution)
            return null;
        var type = distribution.RequiredText("type", "write type: pytorch, mpi or tensorflow");
        IReadOnlyList<(string Key, string Name)> counts = type switch
        {
            "pytorch" or "mpi" => [("process_count_per_instance", "processCountPerInstance")],
            "tensorflow" => [("parameter_server_count", "parameterServerCount"), ("worker_count", "workerCount")],
            _ => [],
        };
        if (type is not null && counts.Count == 0)
            distribution.Refuse("type", $"'{type}' cannot be sent by Bascule", "write pytorch, mpi or tensorflow");
        var read = new Dictionary<string, int>();
        foreach (var (key, name) in counts)
            if (distribution.Number(key, 1, 1000) is { } count)
                read[name] = (int)count;
        distribution.RefuseOthers();
        var said = type switch
        {
            "pytorch" => "PyTorch",
            "mpi" => "Mpi",
            _ => "TensorFlow",
        };
        return new JobDistribution(said, read);
    }

    private static TimeSpan? ReadTimeout(SettingReader settings)
    {
        if (settings.Map("limits") is not { } limits)
            return null;
        var seconds = limits.Number("timeout", 1, LongestTimeout);
        limits.RefuseOthers();
        return seconds is { } count ? TimeSpan.FromSeconds(count) : null;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex InstanceType();

    /// <summary>As the description of the service has it.</summary>
    [GeneratedRegex(@"\A[0-9]{1,9}[bBkKmMgG]\z", RegexOptions.NonBacktracking)]
    private static partial Regex MemorySize();
}
