namespace Bascule.Core.Exchange;

/// <summary>What may be done with a repository through the Git proxy.</summary>
public enum GitVerb
{
    /// <summary>Clone, fetch, list refs, read raw files.</summary>
    Fetch,

    /// <summary>Update refs; says nothing about reading.</summary>
    Push,
}
