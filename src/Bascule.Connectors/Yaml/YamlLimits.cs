namespace Bascule.Connectors.Yaml;

/// <summary>How much of a YAML file is read before it is refused (THREATS T125).</summary>
/// <param name="MaxBytes">Of the file.</param>
/// <param name="MaxNodes">Scalars, lists and maps together.</param>
public sealed record YamlLimits(int MaxBytes, int MaxNodes)
{
    /// <summary>Maps and lists inside each other.</summary>
    public int MaxDepth { get; init; } = 20;

    /// <summary>Characters of one scalar.</summary>
    public int MaxScalar { get; init; } = 16 * 1024;

    /// <summary>For what operators write.</summary>
    public static YamlLimits Server { get; } = new(1024 * 1024, 50_000);

    /// <summary>For the trust policies of a repository.</summary>
    public static YamlLimits Policies { get; } = new(Core.Exchange.TrustDelegation.MaxBytes, 20_000);

    /// <summary>For what comes out of repositories.</summary>
    public static YamlLimits Workflow { get; } = new(Core.Workflows.WorkflowFile.MaxBytes, 10_000);
}
