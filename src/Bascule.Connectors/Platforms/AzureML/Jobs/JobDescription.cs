namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>A job as the CLI (v2) describes it, of whichever type Bascule sends.</summary>
internal abstract record JobDescription
{
    /// <summary>Null for the environment's in <c>bascule.yaml</c>.</summary>
    public string? Compute { get; init; }

    public IReadOnlyDictionary<string, JobInput> Inputs { get; init; } = new Dictionary<string, JobInput>();

    public IReadOnlyDictionary<string, JobOutput> Outputs { get; init; } = new Dictionary<string, JobOutput>();

    public string? Description { get; init; }

    /// <summary>Null for the workflow's name.</summary>
    public string? Experiment { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Everything in which placeholders stand.</summary>
    public abstract IEnumerable<string> Texts { get; }

    /// <summary>The commands of which it consists, in the order in which they were written.</summary>
    public abstract IReadOnlyList<CommandJob> Commands { get; }

    /// <summary>Every compute that some command of it asks for; null for the environment's own.</summary>
    public IEnumerable<string?> Computes => Commands.Select(command => command.Compute ?? Compute).Distinct();
}
