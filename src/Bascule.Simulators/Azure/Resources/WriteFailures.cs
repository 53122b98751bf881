namespace Bascule.Simulators.Azure.Resources;

/// <summary>Failures by the ordinal of a write, counted from when they were set.</summary>
internal sealed class WriteFailures
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, WriteFailure> _waiting = [];
    private int _written;

    /// <summary>Writes that came so far: what the k-th means is counted from here.</summary>
    public int Written
    {
        get
        {
            lock (_gate)
                return _written;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _waiting.Count == 0;
        }
    }

    public void Add(int ordinal, WriteFailure failure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ordinal, 1);
        lock (_gate)
            _waiting[_written + ordinal] = failure;
    }

    public void Clear()
    {
        lock (_gate)
            _waiting.Clear();
    }

    public WriteFailure? Take()
    {
        lock (_gate)
            return _waiting.Remove(++_written, out var failure) ? failure : null;
    }

    /// <summary>Null for a failure that is no answer.</summary>
    /// <param name="conflict">As the provider says it.</param>
    public static ArmReply? Answer(WriteFailure? failure, Func<ArmReply> conflict) =>
        failure switch
        {
            WriteFailure.Conflict => conflict(),
            WriteFailure.PreconditionFailed => ArmReply.Refuse(
                412,
                "PreconditionFailed",
                "Resource was modified since last retrieval."
            ),
            WriteFailure.TooMany => ArmReply
                .Refuse(429, "TooManyRequests", "Too many requests. Please retry.")
                .With("Retry-After", "1"),
            WriteFailure.Internal or WriteFailure.InternalAfter => ArmReply.Refuse(
                500,
                "InternalServerError",
                "An unexpected error occurred."
            ),
            WriteFailure.Unavailable => ArmReply.Refuse(
                503,
                "ServiceUnavailable",
                "The service is temporarily unavailable."
            ),
            _ => null,
        };
}
