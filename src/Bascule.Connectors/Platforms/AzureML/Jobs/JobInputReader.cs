using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>Reads <c>inputs:</c> and <c>outputs:</c> of a job.</summary>
internal static class JobInputReader
{
    private static readonly string[] Types =
    [
        "uri_file",
        "uri_folder",
        "mltable",
        "custom_model",
        "mlflow_model",
        "triton_model",
    ];

    private static readonly IReadOnlyDictionary<string, string> InputModes = new Dictionary<string, string>
    {
        ["ro_mount"] = "ReadOnlyMount",
        ["rw_mount"] = "ReadWriteMount",
        ["download"] = "Download",
        ["direct"] = "Direct",
        ["eval_mount"] = "EvalMount",
        ["eval_download"] = "EvalDownload",
    };

    private static readonly IReadOnlyDictionary<string, string> OutputModes = new Dictionary<string, string>
    {
        ["rw_mount"] = "ReadWriteMount",
        ["upload"] = "Upload",
        ["direct"] = "Direct",
    };

    public static IReadOnlyDictionary<string, JobInput> Inputs(SettingReader settings)
    {
        var read = new Dictionary<string, JobInput>();
        foreach (var (inputs, name) in Named(settings, "inputs"))
            if (inputs.Find(name) is SettingScalar)
                read[name] = new JobInput { Value = inputs.RequiredText(name, "write a value") };
            else if (inputs.Map(name) is { } input)
                read[name] = ReadInput(input);
        return read;
    }

    public static IReadOnlyDictionary<string, JobOutput> Outputs(SettingReader settings)
    {
        var read = new Dictionary<string, JobOutput>();
        foreach (var (outputs, name) in Named(settings, "outputs"))
            if (outputs.Map(name) is { } output)
                read[name] = ReadOutput(output);
        return read;
    }

    public static IEnumerable<(SettingReader Settings, string Name)> Named(SettingReader settings, string key)
    {
        if (settings.Map(key) is not { } map)
            yield break;
        foreach (var name in map.Keys)
            if (AssetName.IsKey(name))
                yield return (map, name);
            else
                map.Refuse(name, "cannot be a name here", "write letters, digits and '_'");
    }

    /// <summary>As Azure calls it; null where nothing is said.</summary>
    public static string? ReadInputMode(SettingReader input) => ReadMode(input, InputModes);

    public static JobInput ReadInput(SettingReader input)
    {
        const string remedy =
            "write path: azureml:NAME:VERSION, azureml:NAME@latest or azureml://datastores/NAME/paths/…";
        var type = ReadType(input);
        var path = input.RequiredText("path", remedy);
        var asset = path is null ? null : AssetReference.Parse(path);
        if (path is not null && asset is null)
            input.Refuse("path", $"'{path}' is nothing of the workspace", remedy);
        var mode = ReadMode(input, InputModes);
        input.RefuseOthers();
        return new JobInput
        {
            Asset = asset,
            Type = type,
            Mode = mode,
        };
    }

    public static JobOutput ReadOutput(SettingReader output)
    {
        var type = ReadType(output);
        var path = output.Text("path");
        if (path is not null && AssetReference.Parse(path) is not { IsPath: true })
            output.Refuse(
                "path",
                $"'{path}' is no place in a datastore",
                "write azureml://datastores/NAME/paths/…, or remove it"
            );
        var mode = ReadMode(output, OutputModes);
        output.RefuseOthers();
        return new JobOutput(type, mode, path);
    }

    private static string ReadType(SettingReader settings)
    {
        var type = settings.Text("type") ?? "uri_folder";
        if (!Types.Contains(type))
            settings.Refuse("type", $"'{type}' cannot be sent by Bascule", $"use one of: {string.Join(", ", Types)}");
        return type;
    }

    private static string? ReadMode(SettingReader settings, IReadOnlyDictionary<string, string> modes)
    {
        if (settings.Text("mode") is not { } mode)
            return null;
        if (!modes.TryGetValue(mode, out var theirs))
            settings.Refuse(
                "mode",
                $"'{mode}' cannot be sent by Bascule",
                $"use one of: {string.Join(", ", modes.Keys)}"
            );
        return theirs;
    }
}
