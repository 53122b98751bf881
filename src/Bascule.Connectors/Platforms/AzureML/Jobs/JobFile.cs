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

    public static async Task<Result<CommandJob>> ReadAsync(
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

    private static CommandJob? Read(SettingReader settings, string folder)
    {
        settings.Find("$schema");
        if (settings.Text("type") is { } type and not "command")
            settings.Refuse("type", $"'{type}' is a kind of job that Bascule does not send", "write type: command");
        AzureMlTask.RefusePipelines(settings);
        var code = ReadCode(settings, folder);
        var job = CommandJobReader.Read(settings);
        settings.RefuseOthers();
        return job is null || code is null || settings.HasProblems ? null : job with { CodeFolder = code };
    }

    /// <summary>The folder as seen from the workflow's root; null when it leads out of it.</summary>
    private static string? ReadCode(SettingReader settings, string folder)
    {
        if (settings.Text("code") is not { } code)
            return "";
        var parts = folder.Length == 0 ? [] : new List<string>(folder.Split('/'));
        foreach (var part in code.TrimEnd('/').Split('/'))
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or ".."))
                parts.Add(part);
            else if (part == "..")
                return Refused(settings);
        var resolved = string.Join('/', parts);
        return resolved.Length == 0 || SendablePath.IsRelative(resolved) ? resolved : Refused(settings);
    }

    private static string? Refused(SettingReader settings)
    {
        settings.Refuse(
            "code",
            "is no folder below the workflow's root",
            "write a folder relative to this file; code from elsewhere is not of the commit"
        );
        return null;
    }
}
