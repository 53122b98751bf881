using Bascule.Connectors.Yaml;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;

namespace Bascule.Server.Workflows;

/// <summary>Reads a repository's <c>.bascule.yaml</c>: all of it, or nothing and everything that is wrong with it (THREATS T54, T55).</summary>
public static class WorkflowFileReader
{
    private const int MaxWorkflows = 100;
    private const int MaxRunning = 1000;

    /// <param name="displayName">For messages, e.g. <c>.bascule.yaml</c>.</param>
    /// <returns>The file is null exactly when there are problems, which are sorted by line.</returns>
    public static (WorkflowFile? File, IReadOnlyList<SettingProblem> Problems) Read(
        ReadOnlyMemory<byte> yaml,
        string displayName,
        IReadOnlyList<IPlatformConnector> connectors
    )
    {
        List<SettingProblem> problems = [];
        var map = YamlReader.Read(yaml, displayName, YamlLimits.Workflow, problems);
        var file = map is null ? null : ReadFile(new SettingReader(map, "", problems), connectors);
        return problems.Count == 0 ? (file, []) : (null, SettingProblems.Sort(problems));
    }

    private static WorkflowFile ReadFile(SettingReader top, IReadOnlyList<IPlatformConnector> connectors)
    {
        List<Workflow> workflows = [];
        if (top.RequiredMap("workflows", "name at least one workflow below it") is { } declared)
        {
            if (declared.Keys.Count() > MaxWorkflows)
                top.Refuse("workflows", $"holds more than {MaxWorkflows}", "split the repository, or join some");
            foreach (var (name, settings) in declared.NamedMaps())
                if (ReadWorkflow(name, settings, connectors) is { } workflow)
                    workflows.Add(workflow);
        }
        top.RefuseLater("environments", "lfs");
        top.RefuseOthers();
        return new WorkflowFile(workflows);
    }

    private static Workflow? ReadWorkflow(
        string name,
        SettingReader settings,
        IReadOnlyList<IPlatformConnector> connectors
    )
    {
        var root = ReadRoot(settings);
        var triggers = TriggersReader.Read(settings);
        var concurrency = ReadConcurrency(settings);
        var report = ReportReader.Read(settings);
        settings.RefuseLater("approvals", "schedule", "inputs", "lfs", "environment");
        var (kind, task) = ReadPlatform(settings, connectors);
        settings.RefuseOthers();
        if (root is null || kind is null || task is null)
            return null;
        return new Workflow
        {
            Name = name,
            Root = root,
            Push = triggers.Push,
            PullRequest = triggers.PullRequest,
            Schedule = triggers.Schedule,
            Concurrency = concurrency,
            PlatformKind = kind,
            Task = task,
            Report = report,
            Definition = DefinitionJson.Of(name, settings.Source),
        };
    }

    private static Concurrency ReadConcurrency(SettingReader settings)
    {
        if (settings.Map("concurrency") is not { } concurrency)
            return Concurrency.Unchanged;
        var running = concurrency.Number("max_running", 1, MaxRunning);
        var cancel = concurrency.Flag("cancel_in_progress");
        concurrency.RefuseOthers();
        return new Concurrency((int?)running, cancel);
    }

    /// <summary>A folder, spelled in the one way that Git spells it.</summary>
    private static string? ReadRoot(SettingReader settings)
    {
        if (settings.Find("root") is null)
            return "";
        var root = settings.RequiredText("root", "name a folder, or remove the key for the whole repository");
        if (root is null || (Glob.TryParse(root, out var path, out _) && path.IsLiteral && !IsGitFolder(root)))
            return root;
        settings.Refuse(
            "root",
            "is not a folder of the repository",
            "write it relative, with /, without . or .. and without a slash at an end; remove the key for the whole repository"
        );
        return null;
    }

    private static bool IsGitFolder(string root) => root.Split('/').Contains(".git", StringComparer.OrdinalIgnoreCase);

    private static (string? Kind, PlatformTask? Task) ReadPlatform(
        SettingReader settings,
        IReadOnlyList<IPlatformConnector> connectors
    )
    {
        var kinds = string.Join(", ", connectors.Select(connector => connector.Kind));
        var blocks = connectors.Where(connector => settings.Find(connector.Kind) is not null).ToList();
        if (blocks.Count == 0)
            settings.Refuse("", "says on no platform what to run", $"add a block: {kinds}");
        foreach (var second in blocks.Skip(1))
            settings.Refuse(second.Kind, "is a second platform", "write another workflow for it");
        if (blocks.Count != 1 || settings.Map(blocks[0].Kind) is not { } block)
            return (null, null);
        return (blocks[0].Kind, blocks[0].ReadTask(block));
    }
}
