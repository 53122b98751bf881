namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>One command in an environment, as the CLI (v2) describes a job of type <c>command</c>.</summary>
internal sealed record CommandJob : JobDescription
{
    /// <summary>A line of the shell that the job runs.</summary>
    public required string Command { get; init; }

    /// <summary>The image and packages, at a version.</summary>
    public required AssetReference Environment { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public JobResources? Resources { get; init; }

    public JobDistribution? Distribution { get; init; }

    /// <summary>Null for Azure's own limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The folder of the tree that is sent, as seen from the workflow's root; empty for all of it.</summary>
    public string CodeFolder { get; init; } = "";

    public override IEnumerable<string> Texts =>
        [Command, .. Variables.Values, .. Inputs.Values.Select(input => input.Value).OfType<string>()];

    public override IReadOnlyList<CommandJob> Commands => [this];
}

/// <param name="InstanceType">A size of machine, e.g. <c>Standard_DS3_v2</c>; null for Azure's own rule.</param>
/// <param name="SharedMemory">E.g. <c>2g</c>.</param>
internal sealed record JobResources(int? InstanceCount, string? InstanceType, string? SharedMemory);

/// <summary>How a command runs on several machines.</summary>
/// <param name="Type">As Azure calls it: <c>PyTorch</c>, <c>Mpi</c> or <c>TensorFlow</c>.</param>
/// <param name="Counts">As Azure calls them, e.g. <c>processCountPerInstance</c>.</param>
internal sealed record JobDistribution(string Type, IReadOnlyDictionary<string, int> Counts);
