using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>
/// Reads a job of type <c>pipeline</c> whose steps are commands. Steps that name a component of the workspace are refused: a commit would not say what they run.
/// </summary>
internal static partial class PipelineJobReader
{
    private const int MostSteps = 100;

    /// <summary>Null when something is wrong; everything that is wrong is in the reader. Does not refuse other keys.</summary>
    /// <param name="folder">As <see cref="JobReader.Read"/> has it.</param>
    public static PipelineJob? Read(SettingReader settings, string folder)
    {
        CommandJobReader.RefuseUnsupported(settings);
        var job = new PipelineJob
        {
            Steps = [.. ReadSteps(settings, folder)],
            Compute = CommandJobReader.ReadCompute(settings, "compute"),
            Inputs = JobInputReader.Inputs(settings),
            Outputs = JobInputReader.Outputs(settings),
            Description = settings.Text("description"),
            Experiment = CommandJobReader.ReadExperiment(settings),
            Tags = CommandJobReader.ReadTags(settings),
        };
        if (settings.Map("settings") is { } own)
            job = ReadSettings(own, job);
        CommandJobReader.RefuseUnknown(settings, "jobs", job.Texts, []);
        if (settings.HasProblems)
            return null;
        PipelineLinks.Check(settings.Map("jobs")!, job);
        return settings.HasProblems ? null : job;
    }

    private static PipelineJob ReadSettings(SettingReader own, PipelineJob job)
    {
        var compute = CommandJobReader.ReadCompute(own, "default_compute");
        if (compute is not null && job.Compute is not null)
            own.Refuse("default_compute", "stands beside the pipeline's compute", "remove one of the two");
        bool? goesOn = own.Find("continue_on_step_failure") is null ? null : own.Flag("continue_on_step_failure");
        bool? again = own.Find("force_rerun") is null ? null : own.Flag("force_rerun");
        own.RefuseOthers();
        return job with { Compute = job.Compute ?? compute, ContinuesOnFailure = goesOn, RunsAgain = again };
    }

    private static IEnumerable<PipelineStep> ReadSteps(SettingReader settings, string folder)
    {
        if (settings.Map("jobs") is not { } jobs || !jobs.Keys.Any() || jobs.Keys.Count() > MostSteps)
        {
            settings.Refuse("jobs", $"has to be 1 to {MostSteps} steps", "write each step's command below its name");
            yield break;
        }
        foreach (var odd in jobs.Keys.Where(name => !StepName().IsMatch(name)))
            jobs.Refuse(odd, "cannot be the name of a step", "write letters, digits, '_' and '-', a letter first");
        foreach (var (name, step) in jobs.Maps())
            yield return ReadStep(name, step, folder);
    }

    private static PipelineStep ReadStep(string name, SettingReader settings, string folder)
    {
        if (settings.Text("type") is { } type and not "command")
            settings.Refuse("type", $"'{type}' is a kind of step that Bascule does not send", "write type: command");
        var code = JobReader.ReadCode(settings, folder);
        var command = CommandJobReader.ReadCommand(settings) with
        {
            CodeFolder = code ?? "",
            Tags = CommandJobReader.ReadTags(settings),
        };
        CommandJobReader.RefuseUnknown(settings, "command", [command.Command], CommandJobReader.Theirs);
        if (Placeholders.Own(command.Command) is { } own)
            settings.Refuse(
                "command",
                $"has {own}, and the command of a step is shared by all runs of the same content",
                "give it to the step as an input, or in environment_variables"
            );
        var step = new PipelineStep(name, command)
        {
            Inputs = StepPortReader.Inputs(settings),
            Outputs = StepPortReader.Outputs(settings),
        };
        settings.RefuseOthers();
        return step;
    }

    [GeneratedRegex(@"\A[a-zA-Z][a-zA-Z0-9_-]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex StepName();
}
