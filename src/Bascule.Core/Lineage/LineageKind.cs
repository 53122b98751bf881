namespace Bascule.Core.Lineage;

/// <summary>What a node is, whatever the platform: what came out of a run is a <see cref="Product"/>, and says itself what people call it.</summary>
public enum LineageKind
{
    Person,
    Delivery,
    PullRequest,
    Commit,
    Approval,
    Run,
    Environment,
    PlatformRun,

    /// <summary>A model version, a DAG version, a revision of an API.</summary>
    Product,
}

/// <summary>How far a node can be relied on.</summary>
public enum LineageAssurance
{
    /// <summary>Bascule did it, or checked it itself.</summary>
    Proven,

    /// <summary>A forge or platform of the settings says so, over a connection that Bascule authenticates.</summary>
    Asserted,

    /// <summary>Text that whoever has access there may have written; Bascule came across it (THREATS T134).</summary>
    Observed,
}
