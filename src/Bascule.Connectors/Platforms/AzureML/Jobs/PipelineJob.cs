namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>Commands that give each other what they make, as the CLI (v2) describes a job of type <c>pipeline</c>.</summary>
internal sealed record PipelineJob : JobDescription
{
    /// <summary>In the order in which they were written.</summary>
    public required IReadOnlyList<PipelineStep> Steps { get; init; }

    /// <summary>What does not depend on a step that failed goes on.</summary>
    public bool? ContinuesOnFailure { get; init; }

    /// <summary>No step's earlier outcome is used again; null for Azure's own rule, which uses one of equal code and inputs.</summary>
    public bool? RunsAgain { get; init; }

    public override IEnumerable<string> Texts =>
        [
            .. Inputs.Values.Select(input => input.Value).OfType<string>(),
            .. Steps.SelectMany(step => step.Command.Variables.Values),
            .. Steps.SelectMany(step => step.Inputs.Values).Select(input => input.Given.Value).OfType<string>(),
        ];

    public override IReadOnlyList<CommandJob> Commands => [.. Steps.Select(step => step.Command)];

    /// <summary>As the component of a step has to declare an input: a type of asset, or <c>string</c> for a value.</summary>
    public string TypeOf(StepInput input) =>
        input.Source switch
        {
            null => OfValue(input.Given.Type),
            { Step: null } source => OfValue(Inputs[source.Name].Type),
            { Step: var step } source => TypeOf(Steps.First(one => one.Name == step).Outputs[source.Name]),
        };

    /// <summary>The same of an output.</summary>
    public string TypeOf(StepOutput output) => output.Target is { } target ? Outputs[target].Type : output.Made.Type;

    private static string OfValue(string type) => type == JobInput.Literal ? "string" : type;
}

/// <summary>One command of a pipeline. Its inputs and outputs are here, not in the command.</summary>
internal sealed record PipelineStep(string Name, CommandJob Command)
{
    public IReadOnlyDictionary<string, StepInput> Inputs { get; init; } = new Dictionary<string, StepInput>();

    public IReadOnlyDictionary<string, StepOutput> Outputs { get; init; } = new Dictionary<string, StepOutput>();

    /// <summary>The steps that have to end before it begins.</summary>
    public IEnumerable<string> After => Inputs.Values.Select(input => input.Source?.Step).OfType<string>();
}

/// <param name="Given">What it is, where <paramref name="Source"/> does not say so; of it the mode counts in any case.</param>
/// <param name="Source">Null when it is given in the step itself.</param>
internal sealed record StepInput(JobInput Given, StepSource? Source);

/// <param name="Made">What it is, where <paramref name="Target"/> does not say so; of it the mode counts in any case.</param>
/// <param name="Target">The pipeline's output that it becomes; null when it stays inside.</param>
internal sealed record StepOutput(JobOutput Made, string? Target);
