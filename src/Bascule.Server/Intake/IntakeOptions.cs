namespace Bascule.Server.Intake;

/// <summary>Limits on what a stranger may make us read.</summary>
/// <param name="MaxBodyBytes">A larger body is refused with 413 before it is read to its end.</param>
public sealed record IntakeOptions(int MaxBodyBytes = 10 * 1024 * 1024)
{
    /// <summary>Bodies above <see cref="SmallBodyBytes"/> that may be in memory at once; more wait.</summary>
    public int LargeBodies { get; init; } = 8;

    /// <summary>Real deliveries are 2 to 12 KiB; few reach this.</summary>
    public int SmallBodyBytes { get; init; } = 256 * 1024;
}
