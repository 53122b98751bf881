using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>What a workflow asks of Azure Machine Learning: a job that it describes itself, or one that a file of the repository describes.</summary>
internal sealed record AzureMlTask : PlatformTask
{
    /// <summary>Null when <see cref="File"/> describes it.</summary>
    public JobDescription? Job { get; init; }

    /// <summary>A job in the form of the CLI (v2), below the workflow's root.</summary>
    public string? File { get; init; }

    /// <summary>What the run registers; null for whatever that is.</summary>
    public string? Model { get; init; }

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AzureMlTask? Read(SettingReader settings)
    {
        var model = settings.Text("model");
        if (model is not null && !AssetName.IsName(model))
            settings.Refuse(
                "model",
                $"'{model}' cannot be the name of a model",
                "write letters, digits, '.', '_' and '-'"
            );
        var task = settings.Find("job") is null
            ? new AzureMlTask { Job = JobReader.Read(settings, folder: "") }
            : new AzureMlTask { File = ReadFile(settings) };
        settings.RefuseOthers();
        if (settings.HasProblems)
            return null;
        var read = task with { Model = model };
        if (read.Job is { } job && NeedsModel(job, model))
            settings.Refuse("model", "is missing, and the job has {{model}}", "write model: NAME");
        return settings.HasProblems ? null : read;
    }

    public static bool NeedsModel(JobDescription job, string? model) =>
        model is null && job.Texts.Any(text => Placeholders.Uses(text, Placeholders.Model));

    private static string? ReadFile(SettingReader settings)
    {
        var file = settings.RequiredText(
            "job",
            "name a file with a job of the CLI (v2), or write command: or jobs: here"
        );
        if (file is null || SendablePath.IsRelative(file))
            return file;
        settings.Refuse("job", "is not a path below the workflow's root", "write it relative, with '/', without '..'");
        return null;
    }
}
