namespace Bascule.Core;

/// <summary>The closed list of refusals; each maps once to an HTTP status, an exit code and an audit reason.</summary>
public enum ProblemCode
{
    Invalid,
    Unauthenticated,
    Denied,
    NotFound,
    Conflict,
    Limited,
    Unavailable,
    Internal,
}

/// <summary>A refusal as a value: what is wrong, and what to do about it.</summary>
/// <param name="Code">What kind of refusal it is.</param>
/// <param name="Message">Names the thing and the remedy; safe to show to the person who asked.</param>
/// <param name="RetryAfter">How long the other side asked us to wait, where it did.</param>
public sealed record Problem(ProblemCode Code, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public bool IsTransient => Code == ProblemCode.Unavailable || (Code == ProblemCode.Limited && !IsExceeded);

    /// <summary>A limit of ours on size, not on pace: the same will be refused again.</summary>
    public bool IsExceeded { get; init; }

    public static Problem Invalid(string message) => new(ProblemCode.Invalid, message);

    public static Problem Unauthenticated(string message) => new(ProblemCode.Unauthenticated, message);

    public static Problem Denied(string message) => new(ProblemCode.Denied, message);

    public static Problem NotFound(string message) => new(ProblemCode.NotFound, message);

    public static Problem Conflict(string message) => new(ProblemCode.Conflict, message);

    public static Problem Limited(string message, TimeSpan? retryAfter = null) =>
        new(ProblemCode.Limited, message, retryAfter);

    /// <summary>Something is larger than we take.</summary>
    public static Problem Exceeded(string message) => new(ProblemCode.Limited, message) { IsExceeded = true };

    public static Problem Unavailable(string message, TimeSpan? retryAfter = null) =>
        new(ProblemCode.Unavailable, message, retryAfter);

    public static Problem Internal(string message) => new(ProblemCode.Internal, message);
}
