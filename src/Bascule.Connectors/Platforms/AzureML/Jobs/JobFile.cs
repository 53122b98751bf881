using Bascule.Connectors.Platforms.Sending;
using Bascule.Connectors.Yaml;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>
/// Reads a job that the repository describes for the CLI (v2). Whatever Bascule cannot send is named with file and line; nothing is left out of what
/// was written.
/// </summary>
internal static class JobFile
{
    private const int MostProblems = 10;

    public static async Task<Result<JobDescription>> ReadAsync(
        IContentTree tree,
        string path,
        CancellationToken cancellationToken
    )
    {
        var entry = tree.Entries.FirstOrDefault(entry => entry.Path == path);
        if (entry is not { Kind: TreeEntryKind.File or TreeEntryKind.Executable })
            return Problem.Invalid(
                $"the job's file '{path}' is not in the tree; correct job:, which starts at the workflow's root"
            );
        if (entry.Size > YamlLimits.Workflow.MaxBytes)
            return Problem.Invalid($"{path} has more than {YamlLimits.Workflow.MaxBytes} bytes, and is not read");
        List<SettingProblem> problems = [];
        var content = await tree.ReadAsync(entry, cancellationToken);
        var map = YamlReader.Read(content, path, YamlLimits.Workflow, problems);
        var job = map is null ? null : Read(new SettingReader(map, "", problems), SendablePath.Parent(path));
        if (job is not null && problems.Count == 0)
            return job;
        var named = SettingProblems.Sort(problems).Take(MostProblems).Select(problem => problem.ToString());
        return Problem.Invalid(string.Join('\n', named));
    }

    private static JobDescription? Read(SettingReader settings, string folder)
    {
        settings.Find("$schema");
        var job = JobReader.Read(settings, folder);
        settings.RefuseOthers();
        return settings.HasProblems ? null : job;
    }
}
