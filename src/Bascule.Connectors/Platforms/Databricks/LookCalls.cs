using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>
/// The calls of one look at jobs. There are only so many, and two in a row that fail end the look: whatever is wrong would be wrong for the rest as well,
/// and the next look comes by itself. That something is not there, or not for our eyes, is an answer and no failure.
/// </summary>
/// <param name="budget">How many calls may be made.</param>
/// <param name="warnings">Takes what went wrong.</param>
internal sealed class LookCalls(int budget, List<string> warnings)
{
    private const int MostFailures = 2;
    private int _left = budget;
    private int _failures;

    /// <summary>Whether a call was not made because there were enough.</summary>
    public bool WasShort { get; private set; }

    public bool IsOver => WasShort || _failures >= MostFailures;

    public void Warn(string warning) => warnings.Add(warning);

    /// <summary>Null when the look is over, or the call failed.</summary>
    public async Task<T?> MakeAsync<T>(Func<Task<Result<T>>> call)
        where T : class
    {
        if (IsOver || (WasShort = _left == 0))
            return null;
        _left--;
        var result = await call();
        if (!result.Failed(out var problem))
        {
            _failures = 0;
            return result.Value;
        }
        Warn(problem.Message);
        _failures = problem.Code is ProblemCode.NotFound or ProblemCode.Denied ? 0 : _failures + 1;
        if (_failures == MostFailures)
            Warn("two calls in a row failed; the other jobs have to wait for the next look");
        return null;
    }
}
