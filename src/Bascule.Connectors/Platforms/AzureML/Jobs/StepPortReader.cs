using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>Reads <c>inputs:</c> and <c>outputs:</c> of a pipeline's step: what it is given there, or where that comes from.</summary>
internal static class StepPortReader
{
    private const string SourceRemedy = "write ${{parent.inputs.NAME}} or ${{parent.jobs.STEP.outputs.NAME}}";
    private const string TargetRemedy = "write ${{parent.outputs.NAME}}, or a map with type:";

    public static IReadOnlyDictionary<string, StepInput> Inputs(SettingReader settings)
    {
        var read = new Dictionary<string, StepInput>();
        foreach (var (inputs, name) in JobInputReader.Named(settings, "inputs"))
            if (inputs.Find(name) is SettingScalar)
                read[name] = ReadScalar(inputs, name);
            else if (inputs.Map(name) is { } input)
                read[name] = ReadMap(inputs, name, input);
        return read;
    }

    public static IReadOnlyDictionary<string, StepOutput> Outputs(SettingReader settings)
    {
        var read = new Dictionary<string, StepOutput>();
        foreach (var (outputs, name) in JobInputReader.Named(settings, "outputs"))
            if (outputs.Find(name) is SettingScalar)
            {
                var target = StepSource.ParseTarget(outputs.RequiredText(name, TargetRemedy) ?? "");
                if (target is null)
                    outputs.Refuse(name, "names no output of the pipeline", TargetRemedy);
                read[name] = new StepOutput(new JobOutput("uri_folder", null, null), target);
            }
            else if (outputs.Map(name) is { } output)
                read[name] = new StepOutput(JobInputReader.ReadOutput(output), null);
        return read;
    }

    private static StepInput ReadScalar(SettingReader inputs, string name)
    {
        var text = inputs.RequiredText(name, "write a value") ?? "";
        if (!StepSource.IsReference(text))
            return new StepInput(new JobInput { Value = text }, null);
        var source = StepSource.Parse(text);
        if (source is null)
            inputs.Refuse(name, $"'{text}' names nothing of the pipeline", SourceRemedy);
        return new StepInput(new JobInput(), source);
    }

    /// <summary>A reference may stand in <c>path:</c>, with a mode beside it.</summary>
    private static StepInput ReadMap(SettingReader inputs, string name, SettingReader input)
    {
        if (input.Text("path") is not { } path || !StepSource.IsReference(path))
            return ReadAsset(inputs, name, input);
        var source = StepSource.Parse(path);
        if (source is null)
            input.Refuse("path", $"'{path}' names nothing of the pipeline", SourceRemedy);
        var mode = JobInputReader.ReadInputMode(input);
        // What it is, is said where it comes from.
        input.Find("type");
        input.RefuseOthers();
        return new StepInput(new JobInput { Mode = mode }, source);
    }

    private static StepInput ReadAsset(SettingReader inputs, string name, SettingReader input)
    {
        var read = JobInputReader.ReadInput(input);
        if (read.Asset is { IsLatest: true })
            inputs.Refuse(
                name,
                "asks for the newest version, which is looked up for inputs of the pipeline alone",
                "make it an input of the pipeline, and give it to the step with ${{parent.inputs.NAME}}"
            );
        return new StepInput(read, null);
    }
}
