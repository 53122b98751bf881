using Bascule.Core;

namespace Bascule.Cli;

/// <summary>What a script learns from how a command ends. Written down in <c>docs/command-line.md</c>; a test keeps the two together.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command worked, and what it looked at did not: a failed run, a bad finding.</summary>
    public const int Negative = 1;

    /// <summary>Wrong words on the command line, wrong settings.</summary>
    public const int Invalid = 2;
    public const int NotFound = 3;
    public const int Denied = 4;
    public const int Conflict = 5;

    /// <summary>Trying again later may help.</summary>
    public const int Unavailable = 6;
    public const int Internal = 70;
    public const int Interrupted = 130;

    public static int Of(Problem problem) =>
        problem.Code switch
        {
            ProblemCode.Invalid => Invalid,
            ProblemCode.NotFound => NotFound,
            ProblemCode.Unauthenticated or ProblemCode.Denied => Denied,
            ProblemCode.Conflict => Conflict,
            ProblemCode.Limited or ProblemCode.Unavailable => Unavailable,
            _ => Internal,
        };
}
