using System.Security.Cryptography;
using Bascule.Core;

namespace Bascule.Server.Work;

/// <summary>Exponential waiting with jitter, so that many waiters do not come back in step.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <param name="attempt">Tries that failed before, from 0.</param>
    public static TimeSpan After(int attempt, TimeSpan first)
    {
        var doubled = first * Math.Pow(2, Math.Min(attempt, 20));
        var capped = doubled < Longest ? doubled : Longest;
        return capped * (0.75 + RandomNumberGenerator.GetInt32(0, 500) / 1000.0);
    }

    /// <summary>As long as the other side asked for, otherwise exponentially.</summary>
    public static TimeSpan For(Problem problem, int attempt, TimeSpan first) =>
        problem.RetryAfter is { } asked && asked < Longest * 5 ? asked : After(attempt, first);
}
