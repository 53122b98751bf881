using Bascule.Core;

namespace Bascule.Cli.Features.Dags;

/// <summary>How long to wait before the next look: longer with each failure in a row, up to a minute, and never in step with other followers.</summary>
/// <param name="random">From 0 to 1.</param>
internal sealed class FollowPace(TimeSpan interval, Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private int _failures;

    /// <param name="problem">Null when the look worked.</param>
    public TimeSpan After(Problem? problem)
    {
        // What is wrong with a commit costs nobody anything until there is another one, and that one should be seen at once.
        if (problem is null || problem.Code is ProblemCode.Invalid || problem.IsExceeded)
        {
            _failures = 0;
            return interval;
        }
        var longest = First * Math.Pow(2, Math.Min(_failures++, 10));
        var asked = problem.RetryAfter ?? TimeSpan.Zero;
        var wait = (longest < Longest ? longest : Longest) * (0.5 + (random() / 2));
        wait = wait < asked ? asked : wait;
        return wait < Longest ? wait : Longest;
    }
}
