using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>Reads a job in the keys of the CLI (v2), of the types that Bascule sends.</summary>
internal static class JobReader
{
    private const string Command = "command";
    private const string Pipeline = "pipeline";

    private static readonly string[] OfPipelines = ["jobs", "settings"];

    /// <summary>Null when something is wrong; everything that is wrong is in the reader. Does not refuse other keys.</summary>
    /// <param name="folder">From which <c>code:</c> leads on, as seen from the workflow's root.</param>
    public static JobDescription? Read(SettingReader settings, string folder)
    {
        var type = settings.Text("type") ?? (settings.Find("jobs") is null ? Command : Pipeline);
        if (type == Pipeline)
            return PipelineJobReader.Read(settings, folder);
        if (type != Command)
            settings.Refuse(
                "type",
                $"'{type}' is a kind of job that Bascule does not send",
                "write type: command or type: pipeline"
            );
        foreach (var key in OfPipelines)
            if (settings.Find(key) is not null)
                settings.Refuse(key, "belongs to a pipeline", "write type: pipeline, or remove it");
        var code = ReadCode(settings, folder);
        var job = CommandJobReader.Read(settings);
        return job is null || code is null || settings.HasProblems ? null : job with { CodeFolder = code };
    }

    /// <summary>The folder of <c>code:</c> as seen from the workflow's root, empty for all of it; null when it leads out of it.</summary>
    public static string? ReadCode(SettingReader settings, string folder)
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
