namespace Bascule.Simulators.Azure.Resources;

/// <summary>What goes wrong with one write.</summary>
public enum WriteFailure
{
    /// <summary>The connection breaks and nothing happened.</summary>
    LostBefore,

    /// <summary>It happened, but the answer is lost.</summary>
    LostAfter,

    /// <summary>409 in the words of the provider, and nothing happened.</summary>
    Conflict,

    /// <summary>412 PreconditionFailed, and nothing happened.</summary>
    PreconditionFailed,

    /// <summary>429 with <c>Retry-After: 1</c>, and nothing happened.</summary>
    TooMany,

    /// <summary>500 InternalServerError, and nothing happened.</summary>
    Internal,

    /// <summary>503 ServiceUnavailable, and nothing happened.</summary>
    Unavailable,

    /// <summary>500 InternalServerError, but it happened.</summary>
    InternalAfter,
}
