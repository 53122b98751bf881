using System.Diagnostics.CodeAnalysis;

namespace Bascule.Core;

/// <summary>Either a value or the <see cref="Problem"/> that stands in its way.</summary>
public sealed class Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    /// <summary>The value; asking for it when there is none is a bug of the caller.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Message);

    public bool Failed([NotNullWhen(true)] out Problem? problem)
    {
        problem = Problem;
        return problem is not null;
    }

    [SuppressMessage("Usage", "CA2225", Justification = "Result.Of and Result.Failure are the named alternates")]
    public static implicit operator Result<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "Result.Of and Result.Failure are the named alternates")]
    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    internal static Result<T> Success(T value) => new(value, null);

    internal static Result<T> Failure(Problem problem) => new(default, problem);
}

/// <summary>Makes results where the implicit conversions do not reach (interface types).</summary>
public static class Result
{
    public static Result<T> Of<T>(T value) => Result<T>.Success(value);

    public static Result<T> Failure<T>(Problem problem) => Result<T>.Failure(problem);

    /// <summary>What a call answers that has nothing to say but that it worked.</summary>
    public static Result<Done> Done { get; } = Result<Done>.Success(default);
}

/// <summary>It worked, and there is nothing more to say.</summary>
public readonly record struct Done;
