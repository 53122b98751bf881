using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Observing;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>What an environment brings to a run on Azure Machine Learning: where it may run, and as whom.</summary>
internal sealed record AzureMlEnvironment : PlatformEnvironment
{
    /// <summary>Where jobs run that name no compute; null for serverless.</summary>
    public string? Compute { get; init; }

    /// <summary>What jobs may name beside it.</summary>
    public IReadOnlyList<string> Computes { get; init; } = [];

    /// <summary>As whom jobs run, as Azure calls it: <c>Managed</c> or <c>AMLToken</c>; null for the workspace's own rule.</summary>
    public string? Identity { get; init; }

    /// <summary>What becomes of the outputs of notebooks.</summary>
    public NotebookOutputs NotebookOutputs { get; init; }

    public ObservedThings Observe { get; init; } = ObservedThings.None;

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AzureMlEnvironment? Read(SettingReader settings)
    {
        var compute = settings.Text("compute");
        var computes = settings.Texts("computes");
        foreach (var odd in computes.Append(compute ?? "ok1").Where(odd => !AssetName.IsCompute(odd)))
            settings.Refuse(
                odd == compute ? "compute" : "computes",
                $"'{odd}' is no name of a compute",
                "write its name as the studio shows it"
            );
        var identity = settings.Text("identity");
        if (identity is not (null or "managed" or "aml_token"))
            settings.Refuse("identity", "is neither managed nor aml_token", "write one of them, or remove the key");
        var outputs = NotebookSetting.Read(settings);
        var observed = ObservedThings.Read(settings);
        if (settings.HasProblems)
            return null;
        return new AzureMlEnvironment
        {
            NotebookOutputs = outputs,
            Observe = observed,
            Compute = compute == AzureMlDefaults.Serverless ? null : compute,
            Computes = computes,
            Identity = identity switch
            {
                "managed" => "Managed",
                "aml_token" => "AMLToken",
                _ => null,
            },
        };
    }

    /// <summary>The compute of a job that asks for one; null for serverless. Denied for one that the environment does not let it use.</summary>
    /// <param name="environment">Null for a plan only, where whatever is asked for is shown.</param>
    /// <param name="asked">Null where the job names none.</param>
    public static Result<string?> ComputeOf(AzureMlEnvironment? environment, string? name, string? asked)
    {
        if (environment is null)
            return asked == AzureMlDefaults.Serverless ? null : asked;
        if (asked is null || asked == (environment.Compute ?? AzureMlDefaults.Serverless))
            return environment.Compute;
        if (environment.Computes.Contains(asked))
            return asked == AzureMlDefaults.Serverless ? null : asked;
        return Problem.Denied(
            $"environment '{name}' does not let workflows use compute '{asked}'; an operator adds it with computes: [{asked}]"
        );
    }
}
