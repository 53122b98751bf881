namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>One command in an environment, as the CLI (v2) describes a job of type <c>command</c>.</summary>
internal sealed record CommandJob
{
    /// <summary>A line of the shell that the job runs.</summary>
    public required string Command { get; init; }

    /// <summary>The image and packages, at a version.</summary>
    public required AssetReference Environment { get; init; }

    /// <summary>Null for the environment's in <c>bascule.yaml</c>.</summary>
    public string? Compute { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, JobInput> Inputs { get; init; } = new Dictionary<string, JobInput>();

    public IReadOnlyDictionary<string, JobOutput> Outputs { get; init; } = new Dictionary<string, JobOutput>();

    public JobResources? Resources { get; init; }

    public JobDistribution? Distribution { get; init; }

    /// <summary>Null for Azure's own limit.</summary>
    public TimeSpan? Timeout { get; init; }

    public string? Description { get; init; }

    /// <summary>Null for the workflow's name.</summary>
    public string? Experiment { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of the tree that is sent, as seen from the workflow's root; empty for all of it.</summary>
    public string CodeFolder { get; init; } = "";

    /// <summary>Everything in which placeholders stand.</summary>
    public IEnumerable<string> Texts =>
        [Command, .. Variables.Values, .. Inputs.Values.Select(input => input.Value).OfType<string>()];
}

/// <param name="InstanceType">A size of machine, e.g. <c>Standard_DS3_v2</c>; null for Azure's own rule.</param>
/// <param name="SharedMemory">E.g. <c>2g</c>.</param>
internal sealed record JobResources(int? InstanceCount, string? InstanceType, string? SharedMemory);

/// <summary>How a command runs on several machines.</summary>
/// <param name="Type">As Azure calls it: <c>PyTorch</c>, <c>Mpi</c> or <c>TensorFlow</c>.</param>
/// <param name="Counts">As Azure calls them, e.g. <c>processCountPerInstance</c>.</param>
internal sealed record JobDistribution(string Type, IReadOnlyDictionary<string, int> Counts);
