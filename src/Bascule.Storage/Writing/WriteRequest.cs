using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Storage.Writing;

/// <summary>Something to write, and somebody waiting for it.</summary>
internal abstract class WriteRequest(ShardLease? lease, CancellationToken cancellationToken)
{
    /// <summary>Must hold when this is written; null when anybody may.</summary>
    public ShardLease? Lease => lease;

    public bool IsCanceled => cancellationToken.IsCancellationRequested;

    /// <summary>Writes; false when it was refused and nothing of it may stay.</summary>
    public abstract bool Run(WriteSession session);

    /// <summary>To be answered with this instead.</summary>
    public abstract void Refuse(Problem problem);

    /// <summary>Answers what <see cref="Run"/> found; only after the commit.</summary>
    public abstract void Answer();

    public abstract void Cancel();

    public abstract void Fail(Exception failure);
}

internal sealed class WriteRequest<T>(
    Func<WriteSession, Result<T>> write,
    ShardLease? lease,
    CancellationToken cancellationToken
) : WriteRequest(lease, cancellationToken)
{
    private readonly CancellationToken _cancellationToken = cancellationToken;
    private readonly TaskCompletionSource<Result<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<T>? _result;

    public Task<Result<T>> Answered => _answer.Task;

    public override bool Run(WriteSession session)
    {
        _result = write(session);
        return !_result.Failed(out _);
    }

    public override void Refuse(Problem problem) => _result = problem;

    public override void Answer() => _answer.TrySetResult(_result!);

    public override void Cancel() => _answer.TrySetCanceled(_cancellationToken);

    public override void Fail(Exception failure) => _answer.TrySetException(failure);
}
